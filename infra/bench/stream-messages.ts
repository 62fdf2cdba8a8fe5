/** What the benchmark tells its clients, which live in a process of their own, and what they answer. */
export type Command =
  /** Opens a stream for each; answered when every one of them has heard `untilSeq`. */
  | {
      readonly do: "open";
      readonly port: number;
      readonly watches: readonly Watch[];
      readonly untilSeq: number;
    }
  /** Answered when every stream has heard `seq`: how long each waited for it. */
  | { readonly do: "hear"; readonly seq: number }
  /** Cuts every stream; each comes back when the server's `retry:` told it to, with its last id. */
  | { readonly do: "cut" }
  /** Answered when every stream has heard `seq`: how long after the cut each did. */
  | { readonly do: "catch up"; readonly seq: number }
  | { readonly do: "close" };

export interface Watch {
  readonly jobId: string;
  readonly userId: string;
}

export interface Report {
  /**
   * `hear`: ms from the event's own time to its arrival, one a stream. `catch up`: ms from the cut to its
   * arrival. Else empty.
   */
  readonly ms: readonly number[];
  /** Connections so far that failed, or were answered with anything but a stream. */
  readonly refused: number;
  /** Events so far that came twice, out of order, or after a gap. */
  readonly wrong: number;
}
