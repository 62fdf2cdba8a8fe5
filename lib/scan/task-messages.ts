import type * as v from "valibot";
import { ChatMessage } from "#lib/chat/chat-message.ts";
import { MatchReply, MatchRequest, OwnershipGrant } from "#lib/contract/character-message.ts";
import type { TaskName } from "#lib/contract/task.ts";
import { AnsweredMessage, ClassifiedMessage, ScanMessage } from "./scan-message.ts";

/**
 * The schema of every task's message, and of its reply. A task with a reply is an RPC: its caller waits
 * seconds, so a dead letter of it is never redriven. The tasks, the redrive and the operator's commands
 * read this table; a new task does not compile until it is here.
 */
export const TASK_MESSAGES = {
  "scan.vision": { message: ScanMessage },
  "scan.rule": { message: ClassifiedMessage },
  "scan.answer": { message: ClassifiedMessage },
  "scan.reward": { message: AnsweredMessage },
  "character.match": { message: MatchRequest, reply: MatchReply },
  "character.save_ownership": { message: OwnershipGrant },
  "users.save_character": { message: OwnershipGrant },
  "chat.process": { message: ChatMessage },
} as const satisfies Record<TaskName, TaskMessages>;

interface TaskMessages {
  readonly message: v.GenericSchema<unknown, JobMessage>;
  readonly reply?: v.GenericSchema;
}

/** Every message is about a scan, or a message of a chat. */
interface JobMessage {
  readonly job_id: string;
}

/** The `job_id` of a message, whatever else it is; undefined when there is none. */
export function jobIdOf(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null || !("job_id" in body)) return undefined;
  return typeof body.job_id === "string" ? body.job_id : undefined;
}
