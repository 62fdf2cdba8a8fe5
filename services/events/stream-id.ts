/** Compares ids of entries, `<ms>-<n>`. */
export function isAfter(id: string, other: string): boolean {
  const [ms = 0, n = 0] = id.split("-").map(Number);
  const [otherMs = 0, otherN = 0] = other.split("-").map(Number);
  return ms > otherMs || (ms === otherMs && n > otherN);
}

/** When the entry was written, by Redis' clock. */
export function writtenAtMs(id: string): number {
  return Number.parseInt(id, 10);
}
