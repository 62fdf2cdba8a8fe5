import type { Clock } from "#lib/clock/clock.ts";
import { Fault } from "#lib/error/fault.ts";
import { epochOf } from "#lib/scan/epoch.ts";
import type { ScanEvent, ScanState } from "#lib/scan/scan-event.ts";
import type { ScanMessage, ScanRun } from "#lib/scan/scan-message.ts";
import type { OwnedResult, StoredResult } from "#lib/scan/scan-result.ts";
import { STAGES, type Stage } from "#lib/scan/stage.ts";
import type { CancelAnswer } from "./scan.ts";

export interface CancelDeps {
  readonly clock: Clock;
  state(jobId: string): Promise<ScanState | undefined>;
  storedResult(jobId: string): Promise<OwnedResult | undefined>;
  /**
   * Makes the cancel durable and tells every worker, in one step. False when it comes too late: the
   * scan has ended, or its last stage has begun.
   */
  requestCancel(jobId: string): Promise<boolean>;
  /** What was submitted; undefined when the job is in a later epoch, or older than an hour. */
  submitted(jobId: string): Promise<ScanMessage | undefined>;
  /** Stores the result, then makes the end visible, unless another end stands already. */
  end(run: ScanRun, end: End): Promise<void>;
}

export interface End {
  /** The stage the scan did not get through. */
  readonly stage: Stage;
  readonly result: StoredResult;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/**
 * Cancels a scan for its owner. Three parts, each of which is safe to be late or lost:
 *
 *   1. The request is durable. From here on no stage of the job begins, and nothing is granted: the
 *      last stage seals the job in the same key, and whichever came first stands.
 *   2. The worker that has the job hears of it and breaks off its model call.
 *   3. The scan is ended here, since its message may lie in a queue that nobody reads. The first result
 *      of an epoch stands and the first end closes it, so the worker that ends it as well, which it
 *      does when this process dies half-way, changes nothing.
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
  if (state && state.latest.stage !== "done") {
    if (!(await deps.requestCancel(jobId))) throw new Fault("SCAN_FINISHED");
    // The request holds without it: the worker ends the scan when it next touches the message.
    await end(deps, state.latest).catch(() => undefined);
    return answer;
  }
  const stored = await deps.storedResult(jobId);
  if (stored?.userId !== userId) throw new Fault("JOB_NOT_FOUND");
  if (stored.result.error?.code !== "CANCELLED") throw new Fault("SCAN_FINISHED");
  return answer;
}

async function end(deps: CancelDeps, latest: ScanEvent): Promise<void> {
  const message = await deps.submitted(latest.job_id);
  if (!message) return;
  const { code, detail } = new Fault("CANCELLED");
  const error = { code, message: detail };
  const result = { status: "failed", vision: null, answer: null, reward: null, error } as const;
  const stage = unfinishedStage(latest);
  await deps.end({ message, epoch: epochOf(latest.seq) }, { stage, result, at: deps.clock.now() });
}

/** `queued started` → vision, `vision started` → vision, `vision completed` → rule. */
function unfinishedStage({ stage, status }: ScanEvent): Stage {
  if (stage !== "queued" && status === "started") return stage;
  return STAGES[STAGES.indexOf(stage) + 1] ?? stage;
}
