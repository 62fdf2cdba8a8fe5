import type { Clock } from "#lib/clock/clock.ts";
import type { Fault } from "#lib/error/fault.ts";
import type { ScanStep } from "./scan-event.ts";
import type { ScanEvents } from "./scan-events.ts";
import type { ScanMessage, ScanRun } from "./scan-message.ts";
import type { Reward, StoredResult } from "./scan-result.ts";
import type { OpenStage } from "./stage.ts";

export interface EndScanDeps {
  readonly results: Pick<ResultStore, "saveResult">;
  readonly events: Pick<ScanEvents, "emitEnd">;
  readonly clock: Clock;
}

export interface AddRewardDeps extends Pick<EndScanDeps, "events"> {
  readonly results: Pick<ResultStore, "saveReward">;
}

/** Where results outlive Redis. Only this file writes to it. */
export interface ResultStore {
  /**
   * Resolves after the commit with the result that stands: the first one of an epoch, and that of the
   * newest epoch. A user who has deleted their account has none stored.
   *
   * @param finishedAt milliseconds since the Unix epoch
   */
  saveResult(run: ScanRun, result: StoredResult, finishedAt: number): Promise<StoredResult>;
  /**
   * Adds the reward to the result of a scan that has completed without one.
   *
   * @returns the result that stands then; undefined when there is none that has completed.
   */
  saveReward(
    message: Pick<ScanMessage, "job_id">,
    reward: Reward,
  ): Promise<StoredResult | undefined>;
}

/**
 * Ends the epoch of a scan. Every end of a scan is one of these: the result is durable first, then it
 * is cached and `done` is emitted in one step. A client that sees `done` can read the result.
 *
 * A worker and a cancel may end a scan at the same time. The first result of an epoch stands. Each of
 * them emits the end that stands, so that a crash of the one that stored it leaves no scan open.
 *
 * @param lastStage the stage that a failed scan did not get through
 * @returns the result that stands, which may be an earlier one.
 */
export async function endScan(
  { results, events, clock }: EndScanDeps,
  run: ScanRun,
  lastStage: OpenStage,
  result: StoredResult,
): Promise<StoredResult> {
  const standing = await results.saveResult(run, result, clock.now());
  await events.emitEnd(run, endSteps(lastStage, standing), standing);
  return standing;
}

/**
 * Adds a reward that could not be decided when the scan ended. The epoch is over and takes no event: a client
 * finds the reward in the result.
 */
export async function addReward(
  { results, events }: AddRewardDeps,
  run: ScanRun,
  reward: Reward,
): Promise<void> {
  const standing = await results.saveReward(run.message, reward);
  if (standing) await events.emitEnd(run, endSteps("reward", standing), standing);
}

/** Ends a scan as failed, with the fault's public sentence and what earlier stages have found. */
export function failScan(
  deps: EndScanDeps,
  run: ScanRun,
  lastStage: OpenStage,
  { code, detail }: Fault,
): Promise<StoredResult> {
  const { vision = null, answer = null } = run.message;
  const error = { code, message: detail };
  return endScan(deps, run, lastStage, { status: "failed", vision, answer, reward: null, error });
}

/** A completed scan shows its last stage, whichever stage asked for this end. */
function endSteps(lastStage: OpenStage, { status, error, reward }: StoredResult): ScanStep[] {
  const stage = status === "completed" ? "reward" : lastStage;
  const last = { stage, status, result: error ?? (reward && brief(reward)) };
  return [last, doneStep({ status, error })];
}

/** The last step of a scan, from its result; events shows it where the replay log has expired. */
export function doneStep({ status, error }: Pick<StoredResult, "status" | "error">): ScanStep {
  return { stage: "done", status, result: error };
}

/** The part of a reward that is in the event; the whole is in the result. */
function brief({ received, character_code, name }: Reward): Record<string, unknown> {
  return { received, character_code, name };
}
