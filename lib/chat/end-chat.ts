import type { Fault } from "#lib/error/fault.ts";
import type { ChatStep } from "./chat-event.ts";
import type { ChatEnd, ChatEvents, SealedChat } from "./chat-events.ts";
import type { ChatJob } from "./chat-message.ts";

export interface EndChatDeps {
  readonly events: Pick<ChatEvents, "seal" | "emitChatEnd" | "isRetracted" | "forget">;
  readonly messages: MessageStore;
}

/** An answer as it outlives Redis. */
export interface StoredAnswer {
  /** Of the assistant's message. */
  readonly messageId: string;
  readonly status: ChatEnd["status"];
}

/** Where messages outlive Redis. Only this file writes an answer to it. */
export interface MessageStore {
  /**
   * Resolves after the commit with the answer that stands: the first one of an epoch, and that of the newest epoch.
   * Undefined where the chat is gone, with its user's account.
   */
  saveAnswer(job: ChatJob, sealed: SealedChat): Promise<StoredAnswer | undefined>;
}

/**
 * Ends the epoch of an answer. Every end is this one: the text is sealed, then stored, then `done` is emitted. What
 * was written is kept, however it ends. Repeating it is harmless, and finishes what a crash has cut.
 *
 * @returns how it has ended, which another one may have decided before.
 */
export async function endChat(
  { events, messages }: EndChatDeps,
  job: ChatJob,
  end: ChatEnd,
): Promise<ChatEnd["status"]> {
  const sealed = await events.seal(job, end);
  const stored = await messages.saveAnswer(job, sealed);
  if (!stored) {
    await events.forget(job.message.job_id);
    return sealed.end.status;
  }
  await events.emitChatEnd(job, endSteps(sealed.end, stored.messageId));
  return sealed.end.status;
}

export function failChat(deps: EndChatDeps, job: ChatJob, { code, detail }: Fault) {
  const status = code === "CANCELLED" ? "cancelled" : "failed";
  return endChat(deps, job, { status, error: { code, message: detail } });
}

function endSteps(end: ChatEnd, messageId: string): ChatStep[] {
  if (end.status !== "completed") {
    return [{ stage: "done", status: "failed", result: { ...end.error, message_id: messageId } }];
  }
  const { intents, sources, title } = end.outcome;
  const result = { message_id: messageId, intents, sources, title };
  return [
    { stage: "answer", status: "completed" },
    { stage: "done", status: "completed", result },
  ];
}
