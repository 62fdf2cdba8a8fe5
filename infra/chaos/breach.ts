import type { Job, ReadResult } from "./history.ts";

/** A guarantee that did not hold. */
export interface Breach {
  readonly guarantee: Guarantee;
  /** The job it happened to, where it is one job's. */
  readonly jobId?: string;
  readonly detail: string;
}

export type Guarantee =
  /** A 202 that never ends. */
  | "lost"
  /** An event, or an end, that was written twice. */
  | "duplicate"
  /** A scan that failed though nothing was wrong with it, or the other way round. */
  | "outcome"
  /** A result that cannot be read when it should be, or is not the one of this job. */
  | "result"
  /** A model that was paid again for a known reply. */
  | "paid"
  /** A scan that ran though its submit was answered with an error. */
  | "refused"
  /** Rows of ownership: twice, alone, or promised and missing. */
  | "grant"
  /** A stream with a gap, a repetition or a step back. */
  | "sse"
  | "recovery"
  /** Messages that no process will ever consume, or a queue that is missing. */
  | "leftover"
  /** A process that crashed, or did not stop cleanly. */
  | "process";

/** Why a result is not the one this job's end announced; undefined when it is. */
export function wrongResult(job: Job, result: ReadResult | undefined, endedAs: string) {
  if (result?.http !== 200) return `the result answers ${result?.http ?? "nothing"}`;
  if (result.status !== endedAs) return `ended as ${endedAs}, the result says ${result.status}`;
  const isOther = result.token !== undefined && result.token !== job.token;
  return isOther ? "the result is another job's" : undefined;
}
