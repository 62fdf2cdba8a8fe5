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
   * newer one, has ended, so that a late copy of the message has nothing left to do; else "begun".
   * @throws Fault `CANCELLED` for a cancelled scan.
   */
  begin<S extends PaidStage>(run: ScanRun, stage: S): Promise<Begun<Checkpoints[S]>>;
  /** @param checkpoints outputs to keep for a redelivery of the message */
  emit(run: ScanRun, update: StageUpdate, checkpoints?: Partial<Checkpoints>): Promise<void>;
  /**
   * For a stage without a `begin`, which would refuse a cancelled scan.
   *
   * @throws Fault `CANCELLED`; then nothing is emitted.
   */
  emitUnlessCancelled(run: ScanRun, update: StageUpdate): Promise<void>;
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
