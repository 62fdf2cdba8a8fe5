/** Far more than the devices of a person need, each of which refreshes every three hours. */
const refreshesMax = 60;
const windowMs = 60_000;

/**
 * How often a user may refresh a minute, each process for itself. Every refresh makes all gatekeepers remember
 * a token for three hours: without a limit one user in a loop would fill them. Not in Redis, since who is
 * signed in stays so while Redis is away.
 *
 * Holds a number for each user who refreshed within the window.
 */
export class RefreshPace {
  #counts = new Map<string, number>();
  #window = Number.NaN;

  /** @param now milliseconds since the Unix epoch. */
  hasRoom(userId: string, now: number): boolean {
    return (this.#countsAt(now).get(userId) ?? 0) < refreshesMax;
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

/** Until there is room again. */
export function paceResetMs(now: number): number {
  return windowMs - (now % windowMs);
}
