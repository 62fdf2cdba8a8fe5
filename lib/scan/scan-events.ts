import type { FinalAnswer } from "#lib/contract/answer.ts";
import type { ClassificationResult } from "#lib/contract/classification.ts";
import type { ScanStep, StageUpdate } from "./scan-event.ts";
import type { ScanRun } from "./scan-message.ts";
import type { StoredResult } from "./scan-result.ts";

/**
 * The event log of the scans, as those who write it need it. Every call is one step: what an event
 * announces is readable before the event is. An event that is there already is not written again.
 */
export interface ScanEvents {
  /**
   * Begins a stage that pays a model: emits `started`, unless there is nothing to begin.
   *
   * @returns the stage's output, when an earlier delivery has paid for it; "over" when the epoch, or a
   * newer one, has ended, or the submit was retracted, so that there is nothing left to do; else "begun".
   * What has begun is this delivery's alone until its output is emitted, or it is released.
   *
   * @throws Fault `CANCELLED` for a cancelled scan, `UNAVAILABLE` while another delivery works on the stage.
   */
  begin<S extends PaidStage>(run: ScanRun, stage: S): Promise<Begun<Checkpoints[S]>>;
  /** Lets another delivery begin the stage, after a failure. */
  release(run: ScanRun, stage: PaidStage): Promise<void>;
  /** @param checkpoints outputs to keep for a redelivery of the message */
  emit(run: ScanRun, update: StageUpdate, checkpoints?: Partial<Checkpoints>): Promise<void>;
  /**
   * For a stage without a `begin`, which would refuse a cancelled scan.
   *
   * @throws Fault `CANCELLED`; then nothing is emitted.
   */
  emitUnlessCancelled(run: ScanRun, update: StageUpdate): Promise<void>;
  /** True for a job whose submit was answered with an error: its message is to be dropped. */
  isRetracted(jobId: string): Promise<boolean>;
  /** Caches the result and ends the epoch. `endScan` alone calls it. */
  emitEnd(run: ScanRun, steps: readonly ScanStep[], result: StoredResult): Promise<void>;
}

/** Outputs that cost money, kept so that a redelivered message does not pay again. */
export interface Checkpoints {
  readonly vision: ClassificationResult;
  readonly answer: FinalAnswer;
}

/** A stage that calls a model. */
export type PaidStage = keyof Checkpoints;

export type Begun<Output> = { readonly output: Output } | "over" | "begun";
