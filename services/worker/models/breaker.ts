import type { Clock } from "#lib/clock/clock.ts";

/**
 * Stops asking a model that is in trouble, and finds out with one call at a time when it is well again.
 *
 *   closed ── failuresMax in a row, or quota used up ──▶ open ── its time is over ──▶ half-open
 *     ▲                                                   ▲                              │
 *     └────────────── the probe is answered ──────────────┼── the probe fails: longer ───┘
 *
 * A call that was sent before the last change says nothing about the state after it and is not counted.
 */
export type BreakerState = "closed" | "open" | "half-open";

/**
 * `answered` = the model is there, whatever it said; `failed` = it is not; `exhausted` = nobody has
 * paid for it; `unknown` = we did not wait for the answer.
 */
export type Outcome = "answered" | "failed" | "exhausted" | "unknown";

export interface Pass {
  readonly isProbe: boolean;
  settle(outcome: Outcome): void;
}

/** Fewer would open on the odd 502 of a healthy provider; it costs each of them one try of a scan. */
const failuresMax = 5;
/** A restart or a deploy at the provider is over in seconds; a long outage is asked twice a minute. */
const openMsMin = 2_000;
const openMsMax = 30_000;
/** Only a person can pay. Asking costs nothing, so that it is noticed within a minute. */
const exhaustedMs = 60_000;

export class Breaker {
  readonly #clock: Clock;
  #isOpen = false;
  #isProbing = false;
  #openUntil = 0;
  #openMs = openMsMin;
  #failures = 0;
  #epoch = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get state(): BreakerState {
    if (!this.#isOpen) return "closed";
    return this.#clock.now() < this.#openUntil ? "open" : "half-open";
  }

  /** Calls it would let through now. */
  get capacity(): number {
    if (!this.#isOpen) return Number.POSITIVE_INFINITY;
    return this.state === "half-open" && !this.#isProbing ? 1 : 0;
  }

  /** Milliseconds since the Unix epoch; in the past when nothing is to be waited for. */
  get openUntil(): number {
    return this.#openUntil;
  }

  /** Undefined: do not call. Every pass must be settled once. */
  enter(): Pass | undefined {
    if (this.capacity === 0) return undefined;
    const isProbe = this.#isOpen;
    this.#isProbing = isProbe;
    const epoch = this.#epoch;
    return {
      isProbe,
      settle: (outcome) => {
        if (epoch === this.#epoch) this.#settle(outcome, isProbe);
      },
    };
  }

  #settle(outcome: Outcome, isProbe: boolean): void {
    switch (outcome) {
      case "answered":
        this.#failures = 0;
        if (isProbe) this.#close();
        return;
      case "failed":
        this.#failures += 1;
        if (isProbe) this.#open(Math.min(this.#openMs * 2, openMsMax));
        else if (this.#failures >= failuresMax) this.#open(openMsMin);
        return;
      case "exhausted":
        this.#open(exhaustedMs);
        return;
      case "unknown":
        if (isProbe) this.#isProbing = false;
        return;
    }
  }

  #open(ms: number): void {
    this.#isOpen = true;
    this.#isProbing = false;
    this.#openMs = Math.min(ms, openMsMax);
    this.#openUntil = this.#clock.now() + ms;
    this.#epoch += 1;
  }

  #close(): void {
    this.#isOpen = false;
    this.#isProbing = false;
    this.#openMs = openMsMin;
    this.#openUntil = 0;
    this.#epoch += 1;
  }
}
