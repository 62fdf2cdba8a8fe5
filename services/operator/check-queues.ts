import { TASK_NAMES } from "#lib/contract/task.ts";
import { ageText } from "./age-text.ts";
import { breach, type Finding, ok, some } from "./check.ts";
import { countDeadLetters, createdAt } from "./inspect-dead-letters.ts";
import type { Queues } from "./queues.ts";

/** Older than that in a task's queue, and its workers do not keep up. */
const waitingMaxMs = 5 * 60_000;
/** The redrive runs every 5 min: older than that, and it does not get there. */
const deadMaxMs = 60 * 60_000;

export async function checkConsumers({ count }: Pick<Queues, "count">): Promise<Finding> {
  const counts: { task: string; consumers: number }[] = [];
  for (const task of TASK_NAMES) counts.push({ task, ...(await count(task)) });
  const idle = counts.filter(({ consumers }) => consumers === 0).map(({ task }) => task);
  const fewest = Math.min(...counts.map(({ consumers }) => consumers));
  return idle.length === 0
    ? ok(`every task's queue has a consumer, at least ${fewest}`)
    : breach(`nobody consumes ${some(idle)}`);
}

export async function checkWaiting(
  { count, peek }: Pick<Queues, "count" | "peek">,
  now: number,
): Promise<Finding> {
  const heads: { task: string; messages: number; ageMs: number }[] = [];
  for (const task of TASK_NAMES) {
    const { messages } = await count(task);
    const head = await peek(task);
    heads.push({ task, messages, ageMs: now - (createdAt(head?.body) ?? now) });
  }
  const waiting = heads.reduce((sum, { messages }) => sum + messages, 0);
  const late = heads.filter(({ ageMs }) => ageMs > waitingMaxMs);
  const oldest = Math.max(...heads.map(({ ageMs }) => ageMs));
  return late.length === 0
    ? ok(`${waiting} messages wait, the oldest for ${ageText(oldest)}`)
    : breach(`work is late: ${some(late.map((one) => `${one.task} by ${ageText(one.ageMs)}`))}`);
}

/** @param findStuck as `retry.1s → scan.vision` */
export async function checkRetries(findStuck: () => Promise<readonly string[]>): Promise<Finding> {
  const stuck = await findStuck();
  return stuck.length === 0
    ? ok("what waits for a retry returns to its queue")
    : breach(`messages outlive their TTL until the broker restarts: ${some(stuck)}`);
}

export async function checkDeadLetters(
  queues: Pick<Queues, "count" | "peek">,
  now: number,
): Promise<Finding> {
  const counts = await countDeadLetters(queues, now);
  const sum = (of: (one: (typeof counts)[number]) => number) =>
    counts.reduce((total, one) => total + of(one), 0);
  const total = `${sum((one) => one.dead)} dead letters, ${sum((one) => one.archived)} archived`;
  const late = counts.filter(({ deadForMs }) => (deadForMs ?? 0) > deadMaxMs);
  if (late.length === 0) return ok(total);
  const named = late.map(({ task, deadForMs }) => `${task} for ${ageText(deadForMs ?? 0)}`);
  return breach(`${total}; the redrive does not get to ${some(named)}`);
}
