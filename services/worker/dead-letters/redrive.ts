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
/** Few, so that a provider that has just come back is not overloaded. */
const messagesPerRunMax = 10;

/**
 * One round over all dead-letter queues. What becomes of a dead letter:
 *
 *   dlq.<task> ─┬─ redriven fewer than 3 times ─────────▶ <task>, fresh, in the next epoch
 *               ├─ 3 times, not readable, or an RPC ────▶ archive.<task>, for a person to see
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
export async function runOnce({ tasks, lead, take, ending }: RedriveDeps): Promise<Settled[]> {
  if (!(await lead())) return [];
  const settled: Settled[] = [];
  for (const task of tasks) {
    // All at once: one that dies again at once must wait for the next round.
    const deadLetters = await take(`dlq.${task}`, messagesPerRunMax);
    const settle = (one: DeadLetter) => settleDeadLetter(ending, one, decide(one));
    settled.push(...(await settleEach(deadLetters, settle)));
  }
  return settled;
}

export interface RedriveDeps {
  /** Tasks whose dead letters are redriven. */
  readonly tasks: readonly string[];
  /** True in one process at a time. */
  lead(): Promise<boolean>;
  /** The oldest dead letters of a queue; nobody else gets them until they are settled. */
  take(queue: string, messagesMax: number): Promise<DeadLetter[]>;
  readonly ending: EndDeadLetterDeps;
}

export function decide(
  deadLetter: Pick<DeadLetter, "task" | "body" | "epoch">,
): "redrive" | "archive" {
  const { task, body, epoch } = deadLetter;
  return canRun(task, body) && epoch < redrivesMax ? "redrive" : "archive";
}
