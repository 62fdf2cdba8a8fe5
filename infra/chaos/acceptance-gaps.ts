import type { Failure, History } from "./history.ts";

/** The longest time in which no scan was accepted, in milliseconds, while the load went on. */
export function longestGap(acceptedAt: readonly number[], from = 0, to = Infinity): number {
  const gaps = acceptedAt.map((at, i) => {
    const next = acceptedAt[i + 1] ?? at;
    return at <= to && next >= from ? next - at : 0;
  });
  return Math.max(0, ...gaps);
}

/** What each fault cost: the longest gap from its beginning to the next one's. */
export function gapsOf({ acceptedAt, failures }: Pick<History, "acceptedAt" | "failures">) {
  return failures.map(({ name, from }: Failure, i) => {
    const gapMs = longestGap(acceptedAt, from, failures[i + 1]?.from);
    return { failure: name, gapS: gapMs / 1_000 };
  });
}
