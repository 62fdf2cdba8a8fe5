/**
 * The first row of each key, in the order of the keys: the one order in which every writer of every
 * process writes. A statement waits for a row that another transaction is writing, even if it then does
 * nothing, so two batches of the same rows in different orders would deadlock.
 */
export function uniqueSorted<T>(rows: readonly T[], key: (row: T) => string): T[] {
  const first = new Map<string, T>();
  for (const row of rows) {
    const its = key(row);
    if (!first.has(its)) first.set(its, row);
  }
  return [...first].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}
