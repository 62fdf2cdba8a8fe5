import * as v from "valibot";
import type { DeadLetter } from "#lib/contract/dead-letter.ts";
import { TASK_NAMES, type TaskName } from "#lib/contract/task.ts";
import { takeDeadLetters } from "#lib/queue/dead-letters.ts";
import { jobIdOf } from "#lib/scan/task-messages.ts";
import type { Session } from "./dead-letter-session.ts";

type Look = Pick<Session, "confirmed">;

export interface QueueCount {
  readonly task: TaskName;
  readonly dead: number;
  readonly archived: number;
  /** Milliseconds since the oldest died; null when there is none, or it does not say. */
  readonly deadForMs: number | null;
  readonly archivedForMs: number | null;
}

export async function countDeadLetters(
  { confirmed }: Look,
  now = Date.now(),
): Promise<QueueCount[]> {
  const counts: QueueCount[] = [];
  for (const task of TASK_NAMES) {
    const [dead, archived] = [`dlq.${task}`, `archive.${task}`];
    counts.push({
      task,
      dead: (await confirmed.channel.checkQueue(dead)).messageCount,
      archived: (await confirmed.channel.checkQueue(archived)).messageCount,
      deadForMs: await oldestAge({ confirmed }, dead, now),
      archivedForMs: await oldestAge({ confirmed }, archived, now),
    });
  }
  return counts;
}

async function oldestAge(look: Look, queue: string, now: number): Promise<number | null> {
  const [deadLetter] = await peek(look, queue, 1);
  const since = deadLetter?.death?.at ?? createdAt(deadLetter?.body);
  return since === undefined ? null : Math.max(0, now - since);
}

/** Reads without consuming: taken, and requeued. */
export async function peek({ confirmed }: Look, queue: string, max: number): Promise<DeadLetter[]> {
  const deadLetters = await takeDeadLetters(confirmed, queue, max);
  for (const one of deadLetters) await one.requeue();
  return deadLetters;
}

/** When the work began, for what never died. */
export function createdAt(body: unknown): number | undefined {
  const parsed = v.safeParse(
    v.object({ submitted_at: v.optional(v.number()), granted_at: v.optional(v.number()) }),
    body,
  );
  return parsed.success ? (parsed.output.submitted_at ?? parsed.output.granted_at) : undefined;
}

const shownCharsMax = 24;

/** A dead letter for a person: whose, why, how far. The user's own words and address are cut short. */
export function describeDeadLetter({ body, epoch, death, content }: DeadLetter) {
  const fields = v.safeParse(v.record(v.string(), v.unknown()), body);
  const { user_id, image_url, user_input, model, vision, answer, character_code } = fields.success
    ? fields.output
    : {};
  return {
    job_id: jobIdOf(body) ?? null,
    redrive: epoch,
    reason: death?.reason ?? null,
    died_at: death ? new Date(death.at).toISOString() : null,
    ...(fields.success ? {} : { unreadable: cut(content.toString()) }),
    ...present({ user_id, model, character_code }),
    ...present({ image_url: cut(image_url), user_input: cut(user_input) }),
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
