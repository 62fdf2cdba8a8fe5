import { Fault } from "#lib/error/fault.ts";
import { type EndScanDeps, failScan } from "#lib/scan/end-scan.ts";
import { epochOf } from "#lib/scan/epoch.ts";
import type { ScanEvent, ScanState } from "#lib/scan/scan-event.ts";
import type { ScanMessage } from "#lib/scan/scan-message.ts";
import type { OwnedResult } from "#lib/scan/scan-result.ts";
import { OPEN_STAGES, type OpenStage, STAGES } from "#lib/scan/stage.ts";
import type { CancelAnswer } from "./scan.ts";

export interface CancelDeps extends EndScanDeps {
  state(jobId: string): Promise<ScanState | undefined>;
  storedResult(jobId: string): Promise<OwnedResult | undefined>;
  /**
   * Makes the cancel durable and notifies every worker, in one step. False when it comes too late: the
   * scan has ended, or its last stage has begun.
   */
  requestCancel(jobId: string): Promise<boolean>;
  /** What was submitted; undefined when the job was redriven, or is older than an hour. */
  submitted(jobId: string): Promise<ScanMessage | undefined>;
}

/**
 * Cancels a scan for its owner, in three parts; 2 and 3 may be late or lost:
 *
 *   1. The request is durable. From here on no stage of the job begins, and nothing is granted: the
 *      last stage seals the job in the same key, and whichever came first stands.
 *   2. The worker that has the job is notified and aborts its model call.
 *   3. The scan is ended here, since its message may be in a queue that no worker consumes. The first
 *      result of an epoch stands and the first end closes it, so it changes nothing that the worker ends
 *      the scan as well, as it must when this process dies half-way.
 *
 * Repeating it is harmless and answered alike.
 *
 * @throws Fault `JOB_NOT_FOUND` for an unknown job and for another user's alike, `SCAN_FINISHED` when
 * the scan has ended in another way, or is just about to.
 */
export async function cancelScan(
  deps: CancelDeps,
  userId: string,
  jobId: string,
): Promise<CancelAnswer> {
  const answer = { job_id: jobId, status: "cancelling" } as const;
  const state = await deps.state(jobId);
  if (state && state.userId !== userId) throw new Fault("JOB_NOT_FOUND");
  if (state && state.latest.stage !== "done" && (await deps.requestCancel(jobId))) {
    // The request holds without it: the worker ends the scan when it next handles the message.
    await end(deps, state.latest).catch(() => undefined);
    return answer;
  }
  // Another cancel may have ended it since its state was read.
  const stored = await deps.storedResult(jobId);
  if ((state ?? stored)?.userId !== userId) throw new Fault("JOB_NOT_FOUND");
  if (stored?.result.error?.code !== "CANCELLED") throw new Fault("SCAN_FINISHED");
  return answer;
}

async function end(deps: CancelDeps, latest: ScanEvent): Promise<void> {
  const message = await deps.submitted(latest.job_id);
  if (!message) return;
  const run = { message, epoch: epochOf(latest.seq) };
  await failScan(deps, run, unfinishedStage(latest), new Fault("CANCELLED"));
}

/** `queued started` → vision, `vision started` → vision, `vision completed` → rule. */
function unfinishedStage({ stage, status }: ScanEvent): OpenStage {
  const isUnderWay = stage !== "queued" && status === "started";
  return OPEN_STAGES[STAGES.indexOf(stage) + (isUnderWay ? 0 : 1)] ?? "reward";
}
