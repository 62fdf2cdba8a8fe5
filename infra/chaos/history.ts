/** What a run observed from outside; the checker gets nothing else. Times are in epoch ms. */
export interface History {
  readonly jobs: readonly Job[];
  /** Tokens of scans whose submit was answered with an error, and never with 202. */
  readonly refused: readonly string[];
  /** Tokens of scans whose submit had no answer, or one by which nobody knows: each may have run once. */
  readonly unanswered: readonly string[];
  /** Entries of the shard streams, in the order they were written, across every wipe of Redis. */
  readonly events: readonly LoggedEvent[];
  /** Seqs in the replay log at the end, by job. */
  readonly replays: ReadonlyMap<string, readonly number[]>;
  readonly calls: readonly ModelCall[];
  readonly interruptions: readonly Interruption[];
  readonly follows: readonly Follow[];
  /** What `GET /scan/result` says at the end, by job. */
  readonly results: ReadonlyMap<string, ReadResult | undefined>;
  readonly ownerships: readonly Grant[];
  readonly collections: readonly Grant[];
  /** Messages left in each queue that is not empty. */
  readonly leftovers: ReadonlyMap<string, number>;
  readonly missingQueues: readonly string[];
  /** Processes that ended by themselves, or not as a signal asked them to. */
  readonly exits: readonly string[];
  /** When each submit was answered with 202, in that order. */
  readonly acceptedAt: readonly number[];
  readonly failures: readonly Failure[];
  /** From the fault's end to the completion of the first scan submitted after it. */
  readonly recoveryMs: number | undefined;
}

/** A scan that was answered with 202. */
export interface Job {
  readonly id: string;
  readonly userId: string;
  /** Its `user_input`, unique: how the model knows whose call it is. */
  readonly token: string;
  /** How its own content makes it end. */
  readonly expected: "completed" | "failed";
  /** True when its photo earns a character. */
  readonly earns: boolean;
  readonly submittedAt: number;
}

/** One fault of a scenario that has several. */
export interface Failure {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

export interface LoggedEvent {
  readonly jobId: string;
  readonly seq: number;
  readonly stage: string;
  readonly status: string;
  /** When Redis had it: later than the event's own time where Redis was away. */
  readonly ts: number;
}

/** The end of a scan that has a result. */
export function isCompletion({ stage, status }: LoggedEvent): boolean {
  return stage === "done" && status === "completed";
}

export interface ModelCall {
  readonly token: string;
  readonly stage: "vision" | "answer";
  readonly at: number;
  /** False when the model broke off or never replied: nothing was paid for. */
  readonly usable: boolean;
}

/**
 * What may make the system call a model again although it made no mistake. `worker`: one died with the
 * replies it had not saved. `link`: worker and broker lost their connection, so the broker redelivers
 * messages that are still being processed. `store`: Redis could not be written. `wipe`: Redis lost its data.
 * `queue`: one was deleted, and what came to it meanwhile went with it: the broker confirms that as well.
 */
export interface Interruption {
  readonly kind: "worker" | "link" | "store" | "wipe" | "queue";
  readonly from: number;
  readonly to: number;
}

/** One client's view of one job, over all its reconnects. */
export interface Follow {
  readonly jobId: string;
  readonly seen: readonly { readonly seq: number; readonly at: number }[];
  readonly connects: number;
  /** Statuses other than a stream, a 204 or a 503. */
  readonly refusals: readonly number[];
  /** The result that a client gets the moment it sees the end. */
  readonly resultAtEnd: ReadResult | undefined;
}

export interface ReadResult {
  /** HTTP status. */
  readonly http: number;
  readonly status?: string | undefined;
  readonly token?: string | undefined;
  readonly errorCode?: string | undefined;
  readonly reward?: { readonly received: boolean; readonly code: string } | undefined;
}

export interface Grant {
  readonly userId: string;
  readonly code: string;
  readonly jobId?: string | null;
}

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

/** From a deleted queue to what a scan wrote before or after it published to it. */
const publishMsMax = 500;

/** True where nothing has happened to a scan since a queue was deleted. */
export function mayHaveGoneWithQueue(
  events: readonly LoggedEvent[],
  { interruptions }: Pick<History, "interruptions">,
): boolean {
  const last = Math.max(...events.map(({ ts }) => ts));
  return interruptions.some(
    ({ kind, from, to }) =>
      kind === "queue" && last >= from - publishMsMax && last <= to + publishMsMax,
  );
}
