/**
 * A message that was dead-lettered, from `dlq.<task>` or `archive.<task>`. Nobody else gets it until it is
 * settled: redriven, archived, removed or requeued. All four throw Fault `UNAVAILABLE` when the broker is away.
 */
export interface DeadLetter {
  /** The task whose queue it was in. */
  readonly task: string;
  /** Parsed; undefined when it is not JSON. */
  readonly body: unknown;
  readonly content: Buffer;
  /** The epoch that failed: times the message was redriven before. */
  readonly epoch: number;
  /** Of the log lines of its scan. */
  readonly traceId: string;
  /** Tries that were made in its epoch. */
  readonly attempts: number;
  /** Code of the fault it failed with; undefined where the broker dead-lettered it. */
  readonly code: string | undefined;
  /** Why and when it was dead-lettered, milliseconds since the Unix epoch; if it says so. */
  readonly death: { readonly reason: string; readonly at: number } | undefined;
  /** Publishes a fresh message of the next epoch to a task, and removes this one once confirmed. */
  redrive(task: string, body: unknown): Promise<void>;
  /** Moves it, as it is, to the archive; removes it here once confirmed. */
  archive(): Promise<void>;
  remove(): Promise<void>;
  /** Leaves it in its queue. */
  requeue(): Promise<void>;
}
