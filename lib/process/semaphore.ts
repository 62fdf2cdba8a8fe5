import { Fault } from "#lib/error/fault.ts";

/** Runs work as soon as it has a permit; work without one waits, first come, first served. */
export type Semaphore = <T>(work: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

/**
 * A counting semaphore.
 *
 * @param permits pieces of work that run at once
 * @param waitMsMax longest wait for a permit; default: no limit
 * @returns rejects with the signal's reason when it aborts before the work began, and with
 * `UNAVAILABLE` after `waitMsMax`
 */
export function createSemaphore(permits: number, waitMsMax?: number): Semaphore {
  const waiting = new Set<() => void>();
  let free = permits;

  return async function withPermit(work, signal) {
    signal?.throwIfAborted();
    if (free > 0) free -= 1;
    else await turn(signal);
    try {
      return await work();
    } finally {
      const [next] = waiting;
      // The permit is handed over, not freed: a newcomer cannot overtake the work that waited.
      if (next) next();
      else free += 1;
    }
  };

  function turn(signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    // Leaves the line in the step that settles it, so no permit goes to work that has been rejected.
    const leave = (settle: () => void) => {
      waiting.delete(start);
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      settle();
    };
    const start = () => leave(resolve);
    const abort = () => leave(() => reject(signal?.reason));
    const expire = () => leave(() => reject(noPermit()));
    const timer = waitMsMax === undefined ? undefined : setTimeout(expire, waitMsMax);
    signal?.addEventListener("abort", abort, { once: true });
    waiting.add(start);
    return promise;
  }
}

function noPermit(): Fault {
  return new Fault("UNAVAILABLE", { cause: new Error("no permit came free in time") });
}
