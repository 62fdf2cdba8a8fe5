import type { Fault } from "#lib/error/fault.ts";
import { RETRY_DELAYS_MS } from "./topology.ts";

export interface Tries {
  /** Tries that failed so far. */
  readonly attempt: number;
  /** Times the message was deferred: sent to a retry queue without counting a try. */
  readonly deferrals: number;
}

/** Bound of a deferral without advice. */
const spreadMsMax = RETRY_DELAYS_MS["retry.5s"];
const longest = RETRY_DELAYS_MS["retry.30s"];

/**
 * Milliseconds a message stays in a retry queue; undefined when no further try is to be made.
 *
 * A `retry` counts as a try: 1 s, 5 s, 30 s, or longer where the other side advised it. A deferral (`wait`)
 * does not count and has no limit: full jitter below a bound that doubles with every second deferral from 1 s
 * to 5 s. The delays of the retry queues are fixed, so messages deferred at one moment would return at one
 * moment; rounded up to a queue they return in two parts, each of which is spread again. The delay is no finer
 * because the rate is set elsewhere: adaptive prefetch narrows or pauses a stage whose models are exhausted, and
 * a message that returns early stays in its queue. For the same reason advice below 30 s is taken in steps of 5 s.
 */
export function retryDelayMs(
  fault: Fault,
  { attempt, deferrals }: Tries,
  retriesMax: number,
  random: () => number = Math.random,
): number | undefined {
  const adviceMs = fault.retryAfterMs ?? 0;
  switch (fault.kind.onMessage) {
    case "wait": {
      if (adviceMs >= longest) return longest;
      const spreadMs = random() * Math.min(2 ** (deferrals / 2) * 1_000, spreadMsMax);
      return Math.max(spreadMs, Math.min(adviceMs, spreadMsMax));
    }
    case "retry": {
      if (attempt >= retriesMax) return undefined;
      const backoffMs = Object.values(RETRY_DELAYS_MS)[attempt] ?? longest;
      return Math.max(backoffMs, adviceMs);
    }
    case "fail":
    case "bug":
      return undefined;
  }
}
