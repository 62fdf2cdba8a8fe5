import type { Fault } from "#lib/error/fault.ts";
import { RETRY_DELAYS_MS } from "./topology.ts";

export interface Tries {
  /** Tries that failed so far. */
  readonly attempt: number;
  /** Times in a row the message was sent to a retry queue without counting a try. */
  readonly deferrals: number;
}

interface Limits {
  /** Tries after the first one. */
  readonly retriesMax: number;
  /** Default: none, since nobody waits for the message. */
  readonly deferralsMax?: number;
}

/** What becomes of a message whose task failed. */
export type FailureDecision =
  /** It goes to a retry queue, from which it returns to its task. */
  | { readonly action: "retry-later"; readonly delayMs: number; readonly next: Tries }
  /** No further try is made. The failure is the sender's, and said: nothing is left to look at. */
  | { readonly action: "ack" }
  /** No further try is made. Tries are exhausted or there is a bug: it goes to the dead letters. */
  | { readonly action: "dead-letter" };

/**
 * The failure policy, by the fault's disposition:
 *
 *   fail   acked: the input cannot succeed
 *   bug    dead-lettered
 *   retry  counts a try and comes back after 1 s, 5 s, 30 s, or later where the other side advised it;
 *          dead-lettered when the tries are exhausted
 *   wait   deferred: counts no try and has no limit, since the fault says nothing about the message. An RPC
 *          has one: its caller waits 10 s, and then nobody does. So has the message of a newer release, which is
 *          dead-lettered after ten minutes
 *
 * Deferrals have full jitter below a bound that doubles with every second one from 1 s to 5 s. The delays of
 * the retry queues are fixed, so messages deferred at one moment would return at one moment; rounded up to a
 * queue they return in two parts, each of which is spread again. The delay is no finer because the rate is set
 * elsewhere: adaptive prefetch narrows or pauses a stage whose models are exhausted, and a message that returns
 * early stays in its queue. For the same reason advice below 30 s is taken in steps of 5 s.
 */
export function decideFailure(
  fault: Fault,
  { attempt, deferrals }: Tries,
  { retriesMax, deferralsMax = Number.POSITIVE_INFINITY }: Limits,
  random: () => number = Math.random,
): FailureDecision {
  const adviceMs = fault.retryAfterMs ?? 0;
  switch (fault.kind.onMessage) {
    case "wait": {
      if (deferrals >= deferralsMax) return { action: "ack" };
      const isNewer = fault.code === "MESSAGE_NEWER";
      if (isNewer && deferrals >= newerDeferralsMax) return { action: "dead-letter" };
      const delayMs = isNewer ? longestMs : deferralMs(adviceMs, deferrals, random);
      return { action: "retry-later", delayMs, next: { attempt, deferrals: deferrals + 1 } };
    }
    case "retry": {
      if (attempt >= retriesMax) return { action: "dead-letter" };
      const backoffMs = Object.values(RETRY_DELAYS_MS)[attempt] ?? longestMs;
      const delayMs = Math.max(backoffMs, adviceMs);
      return { action: "retry-later", delayMs, next: { attempt: attempt + 1, deferrals: 0 } };
    }
    case "fail":
      return { action: "ack" };
    case "bug":
      return { action: "dead-letter" };
  }
}

/** Ten minutes: a worker that knows the message's words is on its way, or was rolled back. */
const newerDeferralsMax = 20;
const longestMs = RETRY_DELAYS_MS["retry.30s"];
/** Bound of a deferral without advice. */
const jitterMsMax = RETRY_DELAYS_MS["retry.5s"];

function deferralMs(adviceMs: number, deferrals: number, random: () => number): number {
  if (adviceMs >= longestMs) return longestMs;
  const jitterMs = random() * Math.min(2 ** (deferrals / 2) * 1_000, jitterMsMax);
  return Math.max(jitterMs, Math.min(adviceMs, jitterMsMax));
}
