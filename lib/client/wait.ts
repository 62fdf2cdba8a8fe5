import { Eco2Error } from "./eco2-error.ts";

const triesMax = 4;
const backoffMsMin = 500;
const backoffMsMax = 30_000;

/** Twice as long after every failure, each time somewhere in the upper half: clients do not come back together. */
export function backoffMs(failures: number, firstMs = backoffMsMin): number {
  return Math.min(firstMs * 2 ** failures, backoffMsMax) * (0.5 + Math.random() / 2);
}

/** Resolves after so many milliseconds, or when the browser is online again; throws the reason of an abort. */
export function wait(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const over = (settle: () => void) => () => {
      clearTimeout(timer);
      globalThis.removeEventListener?.("online", onDone);
      signal?.removeEventListener("abort", onAbort);
      settle();
    };
    const onDone = over(resolve);
    const onAbort = over(() => reject(signal?.reason));
    const timer = setTimeout(onDone, ms);
    globalThis.addEventListener?.("online", onDone);
    signal?.addEventListener("abort", onAbort);
  });
}

/** Repeats a call that may be repeated while its failure is a temporary one, a few times. */
export async function attempt<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let failures = 0; ; failures++) {
    try {
      return await call();
    } catch (error) {
      const isTemporary = error instanceof Eco2Error && error.isTemporary;
      if (!isTemporary || failures === triesMax - 1) throw error;
      await wait(Math.max((error.retryAfterS ?? 0) * 1_000, backoffMs(failures)), signal);
    }
  }
}
