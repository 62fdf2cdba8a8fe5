/** What an operator does to messages, for the record. */
export interface Action {
  readonly action: string;
  readonly queue: string;
  readonly jobIds: readonly string[];
}

/** What became of the messages, by outcome. */
export type Counts = Readonly<Record<string, number>>;

export interface Audit {
  /** Writes the row of an action without counts; what it resolves with adds them. */
  begin(action: Action): Promise<(counts: Counts) => Promise<void>>;
  /** A line of the log; counts are null when the action failed. */
  log(action: Action, counts: Counts | null): void;
}

/**
 * Does something that changes the system, on record: a row of `ops.audit` and a log line. The row is
 * written first, so that nothing happens unrecorded; it gets its counts when the action is over, and an
 * action that dies half-way leaves a row without.
 */
export async function audited(
  { begin, log }: Audit,
  action: Action,
  act: () => Promise<Counts>,
): Promise<Counts> {
  const complete = await begin(action);
  let counts: Counts | null = null;
  try {
    counts = await act();
    await complete(counts);
    return counts;
  } finally {
    log(action, counts);
  }
}
