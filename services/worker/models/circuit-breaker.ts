import type { Clock } from "#lib/clock/clock.ts";

export type BreakerState = "closed" | "open" | "half-open";

/**
 * `responded`: the model is there, whatever it said · `failed`: it is not · `quota-exhausted`: its
 * account has no money left · `unknown`: the caller did not wait for the response.
 */
export type CallOutcome = "responded" | "failed" | "quota-exhausted" | "unknown";

/** The right to one call. Must be settled once. */
export interface BreakerPermit {
  readonly isProbe: boolean;
  settle(outcome: CallOutcome): void;
}

/** Fewer would open on the odd 502 of a healthy provider; it costs each of them one try of a scan. */
const failuresMax = 5;
/** A restart or a deploy at the provider is over in seconds; a long outage is probed twice a minute. */
const openMsMin = 2_000;
const openMsMax = 30_000;
/** Only a person can pay. A probe costs nothing, and so the payment is noticed within a minute. */
const openMsWithoutQuota = 60_000;

/**
 * A circuit breaker: no calls to a model that fails, then one probe at a time until it responds.
 *
 *   closed ── failuresMax in a row, or no quota left ──▶ open ── its time is over ──▶ half-open
 *     ▲                                                   ▲                              │
 *     └───────────── the probe gets a response ───────────┼── the probe fails: longer ───┘
 *
 * A call sent before the last change of state says nothing about the state after it and is not counted.
 */
export class CircuitBreaker {
  readonly #clock: Clock;
  #isOpen = false;
  #isProbing = false;
  #openUntil = 0;
  #openMs = openMsMin;
  #failures = 0;
  #generation = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get state(): BreakerState {
    if (!this.#isOpen) return "closed";
    return this.#clock.now() < this.#openUntil ? "open" : "half-open";
  }

  /** Calls permitted now. */
  get capacity(): number {
    if (!this.#isOpen) return Number.POSITIVE_INFINITY;
    return this.state === "half-open" && !this.#isProbing ? 1 : 0;
  }

  /** Milliseconds since the Unix epoch; in the past when nothing is to be waited for. */
  get openUntil(): number {
    return this.#openUntil;
  }

  /** Undefined: the call is not permitted. */
  tryAcquire(): BreakerPermit | undefined {
    if (this.capacity === 0) return undefined;
    const isProbe = this.#isOpen;
    this.#isProbing = isProbe;
    const generation = this.#generation;
    return {
      isProbe,
      settle: (outcome) => {
        if (generation === this.#generation) this.#settle(outcome, isProbe);
      },
    };
  }

  #settle(outcome: CallOutcome, isProbe: boolean): void {
    switch (outcome) {
      case "responded":
        this.#failures = 0;
        if (isProbe) this.#close();
        return;
      case "failed":
        this.#failures += 1;
        if (isProbe) this.#open(Math.min(this.#openMs * 2, openMsMax));
        else if (this.#failures >= failuresMax) this.#open(openMsMin);
        return;
      case "quota-exhausted":
        this.#open(openMsWithoutQuota);
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
    this.#generation += 1;
  }

  #close(): void {
    this.#isOpen = false;
    this.#isProbing = false;
    this.#openMs = openMsMin;
    this.#openUntil = 0;
    this.#generation += 1;
  }
}
