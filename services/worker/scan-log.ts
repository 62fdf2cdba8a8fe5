import type { FinalAnswer } from "#lib/contract/answer.ts";
import type { ClassificationResult } from "#lib/contract/classification.ts";
import type { Happening } from "#lib/contract/scan-event.ts";
import type { ScanMessage } from "#lib/contract/scan-message.ts";
import type { StoredResult } from "#lib/contract/scan-result.ts";

/** Outputs that cost money, kept so that a redelivered message does not pay again. */
export interface Checkpoints {
  readonly vision: ClassificationResult;
  readonly answer: FinalAnswer;
}

/** Which try of which scan something happened in. */
export interface Run {
  readonly message: ScanMessage;
  readonly redrive: number;
}

/** What the stages need of the event log. */
export interface ScanLog {
  /** What this job's stage has already produced; undefined when it must be run. */
  checkpoint<S extends keyof Checkpoints>(
    jobId: string,
    stage: S,
  ): Promise<Checkpoints[S] | undefined>;
  /**
   * True when this run's epoch, or a newer one, has ended. Its checkpoints went with the end: a late
   * copy of a message must find out here that there is nothing left to pay for.
   */
  isOver(run: Run): Promise<boolean>;
  /** Makes happenings visible, in order, after saving what they announce: one step. */
  announce(
    run: Run,
    happenings: readonly Happening[],
    saved?: { checkpoint?: Partial<Checkpoints>; result?: StoredResult },
  ): Promise<void>;
}

/** Where results outlive Redis. */
export interface ResultStore {
  /**
   * Resolves after the commit with the result that stands: the first one of an epoch, and that of the
   * newest epoch. A duplicate message cannot turn a finished scan into something else.
   */
  save(run: Run, result: StoredResult, finishedAt: number): Promise<StoredResult>;
}
