import type { Fault } from "#lib/error/fault.ts";
import { RETRY_DELAYS_MS } from "./topology.ts";

export interface Tries {
  /** Tries that failed so far. */
  readonly attempt: number;
  /** Times the message was given back without counting a try. */
  readonly waits: number;
}

/** Spread of the longest wait without advice. */
const spreadMsMax = RETRY_DELAYS_MS["retry.5s"];
const longest = RETRY_DELAYS_MS["retry.30s"];

/**
 * How long a message is given back for, in milliseconds; undefined when no further try is to be made.
 *
 * `retry` counts: 1 s, 5 s, 30 s, or longer where the other side advised it. `wait` does not count and goes
 * on: full jitter, a random moment below a bound that doubles with every second wait from 1 s to 5 s.
 * The wait queues have fixed delays, and what
 * is given back at one moment would come back at one moment; rounded up to a queue, a storm returns
 * in two parts instead, each of which is spread again. It is no finer because the pace is set
 * elsewhere: a stage whose models are exhausted is narrowed or paused, and what returns early lies in
 * its queue until it is taken. For the same reason advice below 30 s is walked in steps of 5 s.
 */
export function retryDelayMs(
  fault: Fault,
  { attempt, waits }: Tries,
  retriesMax: number,
  random: () => number = Math.random,
): number | undefined {
  const adviceMs = fault.retryAfterMs ?? 0;
  switch (fault.kind.onMessage) {
    case "wait": {
      if (adviceMs >= longest) return longest;
      const spreadMs = random() * Math.min(2 ** (waits / 2) * 1_000, spreadMsMax);
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
