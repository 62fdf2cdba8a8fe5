/** What a run has seen from outside, and all that the checker gets to know. Times are epoch ms. */
export interface History {
  readonly jobs: readonly Job[];
  /** Entries of the shard streams, in the order they were written, across every wipe of Redis. */
  readonly events: readonly LoggedEvent[];
  /** Seqs in the replay log at the end, by job. */
  readonly replays: ReadonlyMap<string, readonly number[]>;
  readonly calls: readonly ModelCall[];
  readonly interruptions: readonly Interruption[];
  readonly follows: readonly Follow[];
  /** What `GET /scan/result` says at the end, by job. */
  readonly results: ReadonlyMap<string, ReadResult>;
  readonly ownerships: readonly Grant[];
  readonly collections: readonly Grant[];
  /** Messages left in each queue that is not empty. */
  readonly leftovers: ReadonlyMap<string, number>;
  /** Processes that ended without being told to, or not as they were told. */
  readonly exits: readonly string[];
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
  readonly submittedAt: number;
}

export interface LoggedEvent {
  readonly jobId: string;
  readonly seq: number;
  readonly stage: string;
  readonly status: string;
  readonly ts: number;
}

export interface ModelCall {
  readonly token: string;
  readonly stage: "vision" | "answer";
  readonly at: number;
  /** False for what the model refused, broke off or never answered: nothing to keep was paid for. */
  readonly usable: boolean;
}

/**
 * What may make the system ask a model again although it did nothing wrong. `worker`: one died, and with
 * it the replies it had not saved. `link`: worker and broker lost each other, so the broker hands out
 * again what is still being worked on. `store`: Redis could not be written. `wipe`: it forgot.
 */
export interface Interruption {
  readonly kind: "worker" | "link" | "store" | "wipe";
  readonly from: number;
  readonly to: number;
}

/** One client's view of one job, over all its reconnects. */
export interface Follow {
  readonly jobId: string;
  readonly seen: readonly { readonly seq: number; readonly at: number }[];
  readonly connects: number;
  /** Answers other than a stream, a 204 or a 503. */
  readonly refusals: readonly number[];
  /** What a client gets that reads the result the moment it sees the end. */
  readonly resultAtEnd: ReadResult | undefined;
}

export interface ReadResult {
  /** HTTP status. */
  readonly http: number;
  readonly status?: string;
  readonly token?: string;
  readonly errorCode?: string;
  readonly reward?: {
    readonly received: boolean;
    readonly alreadyOwned: boolean;
    readonly code: string;
  };
}

export interface Grant {
  readonly userId: string;
  readonly code: string;
  readonly jobId?: string | null;
}
