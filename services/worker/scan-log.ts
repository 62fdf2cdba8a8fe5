import type { FinalAnswer } from "#lib/contract/answer.ts";
import type { ClassificationResult } from "#lib/contract/classification.ts";
import type { StageUpdate } from "#lib/scan/scan-event.ts";
import type { ScanRun } from "#lib/scan/scan-message.ts";
import type { StoredResult } from "#lib/scan/scan-result.ts";

/** Outputs that cost money, kept so that a redelivered message does not pay again. */
export interface Checkpoints {
  readonly vision: ClassificationResult;
  readonly answer: FinalAnswer;
}

/** What the stages need of the event log. A cancelled job is refused with the fault `CANCELLED`. */
export interface ScanLog {
  /**
   * Begins a stage that costs money, in one step: what this job's stage has already produced; "over"
   * when this run's epoch, or a newer one, has ended, and its checkpoints went with it: a late copy of
   * a message has nothing left to pay for; else "begun", and `started` is announced.
   */
  begin<S extends keyof Checkpoints>(run: ScanRun, stage: S): Promise<Begun<Checkpoints[S]>>;
  /** Makes updates visible, in order, after saving what they announce: one step. */
  announce(run: ScanRun, updates: readonly StageUpdate[], saved?: Saved): Promise<void>;
  /** The same for a stage that does not begin: here it hears of a cancel. */
  announceUnlessCancelled(run: ScanRun, updates: readonly StageUpdate[]): Promise<void>;
}

export type Begun<Output> = { readonly output: Output } | "over" | "begun";

export interface Saved {
  readonly checkpoint?: Partial<Checkpoints>;
  readonly result?: StoredResult;
}

/** Where results outlive Redis. */
export interface ResultStore {
  /**
   * Resolves after the commit with the result that stands: the first one of an epoch, and that of the
   * newest epoch. A duplicate message cannot turn a finished scan into something else.
   */
  save(run: ScanRun, result: StoredResult, finishedAt: number): Promise<StoredResult>;
}
