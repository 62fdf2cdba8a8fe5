import type { Clock } from "#lib/clock/clock.ts";
import type { DeadLetter } from "#lib/contract/dead-letter.ts";
import {
  canRun,
  type EndDeadLetterDeps,
  type Settled,
  settleDeadLetter,
  settleEach,
} from "#lib/scan/settle-dead-letter.ts";

/** A fault that outlives three more tries, five minutes apart, needs a person. */
const redrivesMax = 3;
/** Messages that wait in a task's queue: its workers are behind, and a user who has just come waits for them. */
const waitingMax = 200;
/** A day before the broker drops it: as long as all workers together may be away. */
const lainMsMax = 6 * 24 * 3_600_000;

/**
 * One round over all dead-letter queues, which sends back as many as the workers take. What becomes of a
 * dead letter:
 *
 *   dlq.<task> ─┬─ redriven fewer than 3 times ─────────▶ <task>, fresh, in the next epoch
 *               ├─ 3 times, not readable, or an RPC ────▶ archive.<task>, for a person to see
 *               ├─ 6 days old, and its task is behind ──▶ archive.<task>: here it would expire
 *               └─ its scan is completed or cancelled ──▶ removed: nothing is left to do
 *
 * The scan resumes at the stage that failed, since the message carries the outputs of the stages before.
 *
 * A dead letter is removed after the broker has confirmed its copy. A crash between the two leaves the
 * message in both places: at worst it runs twice in one epoch, and every task is idempotent. It is never lost.
 *
 * Does nothing where another process leads.
 *
 * @throws Fault `UNAVAILABLE` when a service went away; what was not settled by then stays.
 */
export async function runOnce(deps: RedriveDeps): Promise<Settled[]> {
  const settled: Settled[] = [];
  for (const task of deps.tasks) settled.push(...(await redriveTask(deps, task)));
  return settled;
}

export interface RedriveDeps {
  /** Tasks whose dead letters are redriven. */
  readonly tasks: readonly string[];
  /** True in one process at a time. */
  lead(): Promise<boolean>;
  /** Messages that wait in a queue. */
  count(queue: string): Promise<number>;
  /** The oldest dead letters of a queue; nobody else gets them until they are settled. */
  take(queue: string, messagesMax: number): Promise<DeadLetter[]>;
  readonly ending: EndDeadLetterDeps;
  readonly clock: Clock;
}

async function redriveTask(deps: RedriveDeps, task: string): Promise<Settled[]> {
  const settled: Settled[] = [];
  const queue = `dlq.${task}`;
  // One that dies again at once must wait for the next round.
  let left = (await deps.lead()) ? await deps.count(queue) : 0;
  while (left > 0 && (await deps.lead())) {
    const room = Math.max(0, waitingMax - (await deps.count(task)));
    const deadLetters = await deps.take(queue, Math.min(left, waitingMax));
    if (deadLetters.length === 0) break;
    left -= deadLetters.length;
    const due = deadLetters.slice(0, room);
    const others = Object.groupBy(deadLetters.slice(room), (one) =>
      isExpiring(one, deps.clock.now()) ? "expiring" : "early",
    );
    const { expiring = [], early = [] } = others;
    await Promise.all(early.map((one) => one.requeue()));
    const settle = (one: DeadLetter) =>
      settleDeadLetter(deps.ending, one, expiring.includes(one) ? "archive" : decide(one));
    settled.push(...(await settleEach([...due, ...expiring], settle)));
    if (early.length > 0) break;
  }
  return settled;
}

function isExpiring({ death }: DeadLetter, now: number): boolean {
  return death !== undefined && now - death.at >= lainMsMax;
}

export function decide(
  deadLetter: Pick<DeadLetter, "task" | "body" | "epoch">,
): "redrive" | "archive" {
  const { task, body, epoch } = deadLetter;
  return canRun(task, body) && epoch < redrivesMax ? "redrive" : "archive";
}
