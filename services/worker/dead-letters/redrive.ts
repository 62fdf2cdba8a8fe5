import * as v from "valibot";
import type { TaskName } from "#lib/contract/task.ts";
import { Fault } from "#lib/error/fault.ts";
import { ScanMessage } from "#lib/scan/scan-message.ts";
import type { StoredResult } from "#lib/scan/scan-result.ts";
import { STAGES, type Stage } from "#lib/scan/stage.ts";
import { jobIdOf, TASK_MESSAGES } from "#lib/scan/task-messages.ts";
import { type EndScanDeps, endFailed } from "../end-scan.ts";

/**
 * What becomes of a message that was given up:
 *
 *   dlq.<task> ─┬─ redriven fewer than 3 times ─────────▶ <task>, fresh, in the next epoch
 *               ├─ 3 times, not readable, or an RPC ────▶ archive.<task>, for a person to see
 *               └─ its scan is completed or cancelled ──▶ removed: nothing is left to do
 *
 * The job resumes at the stage that failed, since the message carries the outputs of those before it.
 * A scan's message moves only after its epoch has its terminal event, also where no worker ever gave
 * it up: it expired in its queue, or killed every worker that took it.
 *
 * Confirmed first, removed after. A crash between the two leaves the message in both places: at worst
 * it runs twice in one epoch, and everything downstream is idempotent. It is never lost.
 */
export interface DeadLetter {
  /** Parsed; undefined when it is not JSON. */
  readonly body: unknown;
  /** The epoch that failed: times it was redriven before. */
  readonly epoch: number;
  /** Sends a fresh message of the next epoch to a task, and removes the letter once confirmed. */
  revive(task: TaskName, body: unknown): Promise<void>;
  /** Moves it, as it is, to the archive; removed once confirmed. */
  archive(): Promise<void>;
  remove(): Promise<void>;
  /** Leaves it where it was. */
  giveBack(): Promise<void>;
}

export interface RedriveDeps {
  /** Tasks whose dead letters are looked after. */
  readonly tasks: readonly TaskName[];
  /** True in one process at a time. */
  lead(): Promise<boolean>;
  /** The oldest dead letters of a queue; nobody else gets them until they are settled. */
  take(queue: string, lettersMax: number): Promise<DeadLetter[]>;
  readonly ends: EndScanDeps;
}

export type Outcome = "revived" | "archived" | "removed";
export interface Moved {
  readonly task: TaskName;
  readonly outcome: Outcome;
  readonly jobId: string | undefined;
}

/** A fault that outlives three more tries, five minutes apart, needs a person. */
const redrivesMax = 3;
/** Few, so that a provider that has just come back is not run over. */
const lettersPerRunMax = 10;

/**
 * One round over all dead-letter queues. Does nothing where another process leads.
 *
 * @throws Fault `UNAVAILABLE` when a service went away; what was not moved by then stays.
 */
export async function runOnce({ tasks, lead, take, ends }: RedriveDeps): Promise<Moved[]> {
  if (!(await lead())) return [];
  const moved: Moved[] = [];
  for (const task of tasks) {
    // All at once: one that dies again in a blink must wait for the next round.
    const letters = await take(`dlq.${task}`, lettersPerRunMax);
    const move = (letter: DeadLetter) =>
      decide(task, letter) === "revive"
        ? reviveLetter(ends, task, letter)
        : archiveLetter(ends, task, letter);
    moved.push(...(await settleEach(task, letters, move)));
  }
  return moved;
}

export function decide(task: TaskName, letter: Pick<DeadLetter, "body" | "epoch">): Decision {
  return canRun(task, letter.body) && letter.epoch < redrivesMax ? "revive" : "archive";
}
type Decision = "revive" | "archive";

/** True when the task would take this body. Nobody waits any more for the reply of an RPC. */
export function canRun(task: TaskName, body: unknown): boolean {
  const messages = TASK_MESSAGES[task];
  return !("reply" in messages) && v.is(messages.message, body);
}

/**
 * Settles letters one after the other. When a service is away the rest is given back; a letter that
 * fails by itself is archived, so that it cannot keep its neighbours from moving.
 */
export async function settleEach<L extends DeadLetter>(
  task: TaskName,
  letters: readonly L[],
  move: (letter: L) => Promise<Outcome>,
): Promise<Moved[]> {
  const moved: Moved[] = [];
  for (const [at, letter] of letters.entries()) {
    let outcome: Outcome;
    try {
      outcome = await move(letter).catch(async (error: unknown) => {
        if (Fault.from(error).kind.onMessage === "wait") throw error;
        await letter.archive();
        return "archived" as const;
      });
    } catch (error) {
      await Promise.allSettled(letters.slice(at).map((one) => one.giveBack()));
      throw error;
    }
    moved.push({ task, outcome, jobId: jobIdOf(letter.body) });
  }
  return moved;
}

export async function reviveLetter(
  ends: EndScanDeps,
  task: TaskName,
  letter: DeadLetter,
  as = { task, body: letter.body },
): Promise<Outcome> {
  if (await endEpoch(ends, task, letter)) return remove(letter);
  await letter.revive(as.task, as.body);
  return "revived";
}

export async function archiveLetter(
  ends: EndScanDeps,
  task: TaskName,
  letter: DeadLetter,
): Promise<Outcome> {
  if (await endEpoch(ends, task, letter)) return remove(letter);
  await letter.archive();
  return "archived";
}

/** Removes a letter for good; a scan gets its terminal event before. */
export async function purgeLetter(
  ends: EndScanDeps,
  task: TaskName,
  letter: DeadLetter,
): Promise<Outcome> {
  await endEpoch(ends, task, letter);
  return remove(letter);
}

async function remove(letter: DeadLetter): Promise<Outcome> {
  await letter.remove();
  return "removed";
}

/**
 * Makes sure that a scan's epoch has ended. Where a worker ended it before, that end stands.
 *
 * @returns true when the scan is over for good, so that its message has nothing left to do.
 */
async function endEpoch(ends: EndScanDeps, task: TaskName, letter: DeadLetter): Promise<boolean> {
  const stage = stageOf(task);
  if (!stage || !v.is(ScanMessage, letter.body)) return false;
  const { body, epoch } = letter;
  return isOver(await endFailed(ends, stage, body, new Fault("EXPIRED"), epoch));
}

function isOver({ status, error }: StoredResult): boolean {
  return status === "completed" || error?.code === "CANCELLED";
}

export function stageOf(task: TaskName): Stage | undefined {
  return STAGES.find((stage) => task === `scan.${stage}`);
}
