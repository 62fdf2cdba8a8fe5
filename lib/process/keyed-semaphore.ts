/** What work of one key may hold at most of the permits. */
export interface Share {
  readonly key: string;
  readonly permitsMax: number;
}

/** Runs work as soon as there is a permit and none of its keys has its share; else it waits. */
export type KeyedSemaphore = <T>(
  shares: readonly Share[],
  work: () => Promise<T>,
  signal?: AbortSignal,
) => Promise<T>;

/**
 * A counting semaphore of which no key can take every permit: work whose key has its share lets others
 * overtake it. Of work that waits, that whose last key holds least comes first, as that of the user who has none of
 * the places that a flood of others wants; otherwise first come, first served.
 *
 * @param permits pieces of work that run at once
 * @returns rejects with the signal's reason when it aborts before the work began
 */
export function createKeyedSemaphore(permits: number): KeyedSemaphore {
  /** By their first key: while that has its share, none of a line is looked at. */
  const lines = new Map<string, Set<Waiter>>();
  const held = new Map<string, number>();
  let free = permits;
  let arrivals = 0;

  return async function withPermit(shares, work, signal) {
    signal?.throwIfAborted();
    if (canStart(shares)) take(shares);
    else await turn(shares, signal);
    try {
      return await work();
    } finally {
      release(shares);
      for (let next = nextWaiter(); next; next = nextWaiter()) next.start();
    }
  };

  function nextWaiter(): Waiter | undefined {
    if (free === 0) return undefined;
    let next: Waiter | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const line of lines.values()) {
      for (const waiter of line) {
        if (!isWithinShare(waiter.shares[0])) break;
        if (!canStart(waiter.shares)) continue;
        const holds = held.get(waiter.shares.at(-1)?.key ?? "") ?? 0;
        const isFirst = holds < least || (holds === least && isBefore(waiter, next));
        if (isFirst) [next, least] = [waiter, holds];
        // Whoever is behind it in this line does not come before it.
        if (holds === 0) break;
      }
    }
    return next;
  }

  function canStart(shares: readonly Share[]): boolean {
    return free > 0 && shares.every(isWithinShare);
  }

  function isWithinShare(share: Share | undefined): boolean {
    return share === undefined || (held.get(share.key) ?? 0) < share.permitsMax;
  }

  function take(shares: readonly Share[]): void {
    free -= 1;
    for (const { key } of shares) held.set(key, (held.get(key) ?? 0) + 1);
  }

  function release(shares: readonly Share[]): void {
    free += 1;
    for (const { key } of shares) {
      const left = (held.get(key) ?? 1) - 1;
      if (left > 0) held.set(key, left);
      else held.delete(key);
    }
  }

  function turn(shares: readonly Share[], signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const key = shares[0]?.key ?? "";
    const line = lines.get(key) ?? new Set();
    lines.set(key, line);
    // Leaves the line in the step that settles it, so no permit goes to work that has been rejected.
    const leave = (): void => {
      line.delete(waiter);
      if (line.size === 0) lines.delete(key);
      signal?.removeEventListener("abort", abort);
    };
    const waiter: Waiter = {
      shares,
      arrival: arrivals++,
      start: () => {
        leave();
        take(shares);
        resolve();
      },
    };
    const abort = (): void => {
      leave();
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", abort, { once: true });
    line.add(waiter);
    return promise;
  }
}

function isBefore({ arrival }: Waiter, other: Waiter | undefined): boolean {
  return other === undefined || arrival < other.arrival;
}

interface Waiter {
  readonly shares: readonly Share[];
  readonly arrival: number;
  start(): void;
}
