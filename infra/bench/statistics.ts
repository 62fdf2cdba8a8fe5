/** The middle value; of an even number of values the mean of the two in the middle. NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = ascending(values);
  const half = sorted.length / 2;
  const low = sorted[Math.ceil(half) - 1] ?? Number.NaN;
  const high = sorted[Math.floor(half)] ?? Number.NaN;
  return low + (high - low) / 2;
}

/**
 * Nearest rank: the smallest value that at least `p` of 100 values do not exceed, so always one
 * that was measured. `p` is held to 0..100; 0 gives the smallest, 100 the largest, NaN for none.
 */
export function percentile(values: readonly number[], p: number): number {
  return percentiles(values, [p])[0] ?? Number.NaN;
}

/** The same for several `ps`, with one sort. */
export function percentiles(values: readonly number[], ps: readonly number[]): number[] {
  const sorted = ascending(values);
  return ps.map((p) => {
    const rank = Math.ceil((Math.min(Math.max(p, 0), 100) * sorted.length) / 100);
    return sorted[Math.max(rank, 1) - 1] ?? Number.NaN;
  });
}

/** Of a latency curve: every percent, and more of its end. */
export const percentileRanks = [...Array.from({ length: 99 }, (_, i) => i + 1), 99.5, 99.9, 100];

/** Smallest and largest; NaN for none. */
export function spread(values: readonly number[]) {
  const sorted = ascending(values);
  return { min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN };
}

/** A typed array sorts numbers by value and, for large samples, several times faster. */
function ascending(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort();
}
