import type { Quota } from "#lib/error/fault.ts";

/** Far more than the devices of one user need: each refreshes every three hours. */
const refreshesMax = 60;
const windowMs = 60_000;

/**
 * Limits successful refreshes per user and minute, in fixed windows, in each process by itself.
 * Every refresh adds a token to the revocation list of every process for three hours; without a
 * limit one user in a loop would fill those lists. Kept in memory, not in Redis, because refreshing
 * must work while Redis is away.
 *
 * Holds one number for each user who refreshed within the window.
 */
export class RefreshRateLimit {
  #counts = new Map<string, number>();
  #window = Number.NaN;

  /** @param now milliseconds since the Unix epoch. */
  isReached(userId: string, now: number): boolean {
    return (this.#countsAt(now).get(userId) ?? 0) >= refreshesMax;
  }

  count(userId: string, now: number): void {
    const counts = this.#countsAt(now);
    counts.set(userId, (counts.get(userId) ?? 0) + 1);
  }

  #countsAt(now: number): Map<string, number> {
    const window = Math.floor(now / windowMs);
    if (window !== this.#window) {
      this.#window = window;
      this.#counts = new Map();
    }
    return this.#counts;
  }
}

/** The quota of a user who has reached the limit. */
export function exhaustedRefreshes(now: number): Quota {
  const resetS = Math.ceil((windowMs - (now % windowMs)) / 1_000);
  const windowS = windowMs / 1_000;
  return { name: "refreshes", limit: refreshesMax, remaining: 0, windowS, resetS };
}
