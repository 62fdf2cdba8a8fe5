/** The first row of each key. */
export function uniqueBy<T>(rows: readonly T[], key: (row: T) => string): T[] {
  return [...new Map(rows.toReversed().map((row) => [key(row), row])).values()];
}
