import * as v from "valibot";
import type { DeadLetter } from "#lib/contract/dead-letter.ts";
import { TASK_NAMES, type TaskName } from "#lib/contract/task.ts";
import { jobIdOf } from "#lib/scan/task-messages.ts";
import type { Queues } from "./queues.ts";

/** The dead letters of one task, and what was archived of them. */
export interface QueueCount {
  readonly task: TaskName;
  readonly dead: number;
  readonly archived: number;
  /** Milliseconds since the oldest died; null when there is none, or it does not say. */
  readonly deadForMs: number | null;
  readonly archivedForMs: number | null;
}

export async function countDeadLetters(
  queues: Pick<Queues, "count" | "peek">,
  now: number,
): Promise<QueueCount[]> {
  const counts: QueueCount[] = [];
  for (const task of TASK_NAMES) {
    const [dead, archived] = [`dlq.${task}`, `archive.${task}`];
    counts.push({
      task,
      dead: (await queues.count(dead)).messages,
      archived: (await queues.count(archived)).messages,
      deadForMs: ageOf(await queues.peek(dead), now),
      archivedForMs: ageOf(await queues.peek(archived), now),
    });
  }
  return counts;
}

function ageOf(deadLetter: DeadLetter | undefined, now: number): number | null {
  const since = deadLetter?.death?.at ?? createdAt(deadLetter?.body);
  return since === undefined ? null : Math.max(0, now - since);
}

/** The oldest dead letters of a queue, described for a person and left where they are. */
export async function showDeadLetters(
  { take }: Pick<Queues, "take">,
  queue: string,
  messagesMax: number,
  { isWhole = false } = {},
) {
  const deadLetters = await take(queue, messagesMax);
  for (const one of deadLetters) await one.requeue();
  return deadLetters.map((one) => describeDeadLetter(one, isWhole));
}

export type ShownDeadLetter = ReturnType<typeof describeDeadLetter>;

/** When the work began, for what never died. */
export function createdAt(body: unknown): number | undefined {
  const parsed = v.safeParse(
    v.object({ submitted_at: v.optional(v.number()), granted_at: v.optional(v.number()) }),
    body,
  );
  return parsed.success ? (parsed.output.submitted_at ?? parsed.output.granted_at) : undefined;
}

const shownCharsMax = 24;

/**
 * A dead letter for a person: whose, why, how far. The user's own words are cut short, and where it is not to be
 * whole, their photo's address.
 */
function describeDeadLetter(deadLetter: DeadLetter, isWhole: boolean) {
  const { body, epoch, code, attempts, traceId, death, content } = deadLetter;
  const fields = v.safeParse(v.record(v.string(), v.unknown()), body);
  const { user_id, image_url, user_input, model, vision, answer, character_code } = fields.success
    ? fields.output
    : {};
  return {
    job_id: jobIdOf(body) ?? null,
    trace_id: traceId,
    code: code ?? null,
    attempts,
    redrive: epoch,
    reason: death?.reason ?? null,
    died_at: death ? new Date(death.at).toISOString() : null,
    ...(fields.success ? {} : { unreadable: cut(content.toString()) }),
    ...present({ user_id, model, character_code }),
    ...present({ image_url: isWhole ? image_url : cut(image_url), user_input: cut(user_input) }),
    outputs: [...(vision ? ["vision"] : []), ...(answer ? ["answer"] : [])],
  };
}

function cut(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  return value.length > shownCharsMax ? `${value.slice(0, shownCharsMax)}…` : value;
}

function present(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
