import type { Clock } from "#lib/clock/clock.ts";
import { ConsecutiveCalls } from "./consecutive-calls.ts";

export type BreakerState = "closed" | "open" | "half-open";

/**
 * `responded`: the model is there, whatever it said of the request · `limited`: it is there, and counts
 * this call as one too many · `failed`: it is not there, or does not know us · `quota-exhausted`: its
 * account has no money left · `unknown`: the caller did not wait for the response.
 */
export type CallOutcome = "responded" | "limited" | "failed" | "quota-exhausted" | "unknown";

/** The right to one call. Must be settled once. */
export interface BreakerPermit {
  readonly isProbe: boolean;
  /** It has just responded, or works on a call sent before this one that it would have refused by now. */
  readonly isModelWorking: boolean;
  /** @param retryAfterMs what the model advised */
  settle(outcome: CallOutcome, retryAfterMs?: number): void;
}

/** Fewer would open on the odd 502 of a healthy provider; it costs each of them one try of a scan. */
const failuresMax = 5;
/** What so few callers send may be what fails; with more of them it is the model. */
const callersMax = 4;
/** In a row, by a model that works on nothing else. */
const refusalsMax = 20;
/** Since its last response. */
const workingMs = 1_000;
/** Of the oldest call in flight; no refusal takes that much longer than the one before. */
const overtakenMsMin = 100;
/** A limit by the hour or the day is used up for everybody. */
const refusalsMaxWithLongAdvice = 3;
const longAdviceMs = 30_000;
/** A restart or a deploy at the provider is over in seconds; a long outage is probed twice a minute. */
const openMsMin = 2_000;
const openMsMax = 30_000;
/** Only a person can pay. A probe costs nothing, and so the payment is noticed within a minute. */
const openMsWithoutQuota = 60_000;
/** Whose probe failed lets others probe first: it may be their message that fails. */
const othersFirstMs = 1_000;

/**
 * A circuit breaker: no calls to a model that fails or refuses all, then one probe at a time until it
 * responds.
 *
 *   closed ── failuresMax or refusalsMax in a row, or no quota left ──▶ open ── time over ──▶ half-open
 *     ▲                                                               ▲                        │
 *     └──────────────── the probe gets a response ────────────────────┼── it gets none: longer ┘
 *
 * In a row means sent one after another. Failures of a few callers open it for those alone: the fault may be in
 * what they send. A call sent before the last change of state says nothing about the state after it and is not
 * counted.
 */
export class CircuitBreaker {
  readonly #clock: Clock;
  readonly #failures = new ConsecutiveCalls();
  readonly #refusals = new ConsecutiveCalls();
  #isOpen = false;
  #isProbing = false;
  #openUntil = 0;
  #openMs = openMsMin;
  /** The callers it is open for; undefined: all. */
  #openFor: ReadonlySet<string> | undefined;
  #failedProbeOf: string | undefined;
  #generation = 0;
  #lastCall = 0;
  /** When each call in flight was sent, the oldest first. */
  readonly #sentAt = new Map<number, number>();
  #respondedAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get state(): BreakerState {
    if (!this.#isOpen) return "closed";
    return this.#clock.now() < this.#openUntil ? "open" : "half-open";
  }

  /** Calls permitted now. */
  get capacity(): number {
    if (!this.#isOpen || this.#openFor !== undefined) return Number.POSITIVE_INFINITY;
    return this.#probes;
  }

  /** Milliseconds since the Unix epoch; in the past when nothing is to be waited for. */
  get openUntil(): number {
    return this.#openUntil;
  }

  permits(caller: string): boolean {
    if (!this.#isOpenFor(caller)) return true;
    if (this.#probes === 0) return false;
    if (caller !== this.#failedProbeOf) return true;
    return this.#clock.now() >= this.#openUntil + othersFirstMs;
  }

  /** Undefined: the call is not permitted. */
  tryAcquire(caller: string): BreakerPermit | undefined {
    if (!this.permits(caller)) return undefined;
    const isProbe = this.#isOpenFor(caller);
    if (isProbe) this.#isProbing = true;
    const call = { number: ++this.#lastCall, caller, isProbe, sentAt: this.#clock.now() };
    const generation = this.#generation;
    this.#sentAt.set(call.number, call.sentAt);
    const isModelWorking = () => this.#isWorking(call);
    return {
      isProbe,
      get isModelWorking() {
        return isModelWorking();
      },
      settle: (outcome, retryAfterMs = 0) => {
        this.#sentAt.delete(call.number);
        if (generation === this.#generation) this.#settle(outcome, call, retryAfterMs);
      },
    };
  }

  #settle(outcome: CallOutcome, call: Call, retryAfterMs: number): void {
    switch (outcome) {
      case "responded":
        this.#respondedAt = this.#clock.now();
        if (call.isProbe) this.#close();
        return;
      case "limited":
        if (call.isProbe) this.#close();
        else this.#refused(call, retryAfterMs);
        return;
      case "failed":
        if (call.isProbe) this.#reopen(call.caller);
        else this.#failed(this.#failures.add(call.number, call.caller));
        return;
      case "quota-exhausted":
        this.#open(openMsWithoutQuota);
        return;
      case "unknown":
        if (call.isProbe) this.#isProbing = false;
        return;
    }
  }

  #failed(callers: readonly string[]): void {
    if (callers.length < failuresMax) return;
    const affected = new Set(this.#openFor).union(new Set(callers));
    this.#open(openMsMin, affected.size <= callersMax ? affected : undefined);
  }

  #refused(call: Call, retryAfterMs: number): void {
    const { length } = this.#refusals.add(call.number, call.caller);
    const isLong = retryAfterMs >= longAdviceMs;
    if (length < (isLong ? refusalsMaxWithLongAdvice : refusalsMax) || this.#isWorking(call))
      return;
    this.#open(Math.max(openMsMin, retryAfterMs));
  }

  #isWorking(call: Call): boolean {
    const now = this.#clock.now();
    if (now - this.#respondedAt < workingMs) return true;
    const [oldest = Number.POSITIVE_INFINITY] = this.#sentAt.values();
    return now - oldest > Math.max(overtakenMsMin, 2 * (now - call.sentAt));
  }

  #reopen(caller: string): void {
    this.#failedProbeOf = caller;
    this.#open(Math.min(this.#openMs * 2, openMsMax), this.#openFor);
  }

  #open(ms: number, openFor?: ReadonlySet<string>): void {
    this.#isOpen = true;
    this.#openFor = openFor;
    this.#isProbing = false;
    this.#openMs = Math.min(ms, openMsMax);
    this.#openUntil = this.#clock.now() + Math.min(ms, openMsWithoutQuota);
    this.#changed();
  }

  #close(): void {
    this.#isOpen = false;
    this.#openFor = undefined;
    this.#failedProbeOf = undefined;
    this.#isProbing = false;
    this.#openMs = openMsMin;
    this.#openUntil = 0;
    this.#changed();
  }

  #changed(): void {
    this.#generation += 1;
    this.#failures.clear();
    this.#refusals.clear();
  }

  #isOpenFor(caller: string): boolean {
    return this.#isOpen && (this.#openFor?.has(caller) ?? true);
  }

  get #probes(): number {
    return this.state === "half-open" && !this.#isProbing ? 1 : 0;
  }
}

interface Call {
  readonly number: number;
  readonly caller: string;
  readonly isProbe: boolean;
  readonly sentAt: number;
}
