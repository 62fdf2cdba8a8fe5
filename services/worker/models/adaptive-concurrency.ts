import type { Clock } from "#lib/clock/clock.ts";
import { Fault } from "#lib/error/fault.ts";

export interface AdaptiveConcurrencyOptions {
  readonly clock: Clock;
  /** The limit at the start and at most. */
  readonly callsMax: number;
  /** Covers two stages changing places; past it the message is better off in a retry queue. */
  readonly permitWaitMsMax?: number;
}

/** The right to one call. */
export interface Permit {
  /** The call went through. */
  succeeded(): void;
  /** The other side refused the call as one too many. */
  limited(retryAfterMs: number | undefined): void;
  /** Exactly once, last. */
  release(): void;
}

/** Increase per round of calls: one permit, a tenth above ten. From 32 to 100 in 12 rounds of about 6 s. */
const increaseShare = 0.1;
/** Providers' limits are in the tens of calls at least: an early refusal does not decrease it to one. */
const decreaseBaseMin = 64;
/** Without advice. */
const backoffMsDefault = 1_000;
/** Limits by the day advise hours; one call a minute costs nothing. */
const backoffMsMax = 60_000;

interface Waiter {
  admit(): void;
  refuse(): void;
}

/**
 * An adaptive concurrency limit for one model (AIMD, as TCP does): halved when the model refuses a call
 * as one too many, slowly increased by calls that went well. After a refusal it backs off as long as the
 * model advises.
 *
 * A burst of refusals is one piece of news, so only calls that began after the last decrease count. A
 * call without a permit waits for a moment, which holds its message back where prefetch can see it;
 * refusing it at once would take the next message, and the next, as fast as the broker delivers them.
 */
export class AdaptiveConcurrency {
  readonly #clock: Clock;
  readonly #callsMax: number;
  readonly #permitWaitMsMax: number;
  readonly #waiting = new Set<Waiter>();
  #limit: number;
  #inFlight = 0;
  /** Most calls at once since the last decrease. */
  #peak = 0;
  #backoffUntil = 0;
  #lastCall = 0;
  #lastCallBeforeDecrease = 0;

  constructor({ clock, callsMax, permitWaitMsMax = 2_000 }: AdaptiveConcurrencyOptions) {
    this.#clock = clock;
    this.#callsMax = callsMax;
    this.#permitWaitMsMax = permitWaitMsMax;
    this.#limit = callsMax;
  }

  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** Calls at once the model takes now; 0 during a backoff. */
  get capacity(): number {
    return this.#clock.now() < this.#backoffUntil ? 0 : this.limit;
  }

  /** Milliseconds since the Unix epoch; in the past when there is no backoff. */
  get backoffUntil(): number {
    return this.#backoffUntil;
  }

  /** @throws Fault `MODEL_RATE_LIMITED` during a backoff or when no permit came free; the signal's reason. */
  async acquire(signal: AbortSignal): Promise<Permit> {
    signal.throwIfAborted();
    if (this.#inFlight >= this.capacity) await this.#turn(signal);
    else this.#inFlight += 1;
    this.#peak = Math.max(this.#peak, this.#inFlight);
    const call = ++this.#lastCall;
    return {
      succeeded: () => this.#increase(),
      limited: (retryAfterMs = backoffMsDefault) => this.#decrease(call, retryAfterMs),
      release: () => {
        this.#inFlight -= 1;
        this.#admit();
      },
    };
  }

  #turn(signal: AbortSignal): Promise<void> {
    if (this.capacity === 0) return Promise.reject(this.#refusal());
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    // Leaves the line in the step that settles it, so no permit goes to a call that has been rejected.
    const leave = (settle: () => void) => {
      this.#waiting.delete(waiter);
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      settle();
    };
    const waiter = {
      admit: () => leave(resolve),
      refuse: () => leave(() => reject(this.#refusal())),
    };
    const abort = () => leave(() => reject(signal.reason));
    const timer = setTimeout(waiter.refuse, this.#permitWaitMsMax);
    signal.addEventListener("abort", abort, { once: true });
    this.#waiting.add(waiter);
    return promise;
  }

  #admit(): void {
    for (const waiter of this.#waiting) {
      if (this.#inFlight >= this.capacity) return;
      this.#inFlight += 1;
      waiter.admit();
    }
  }

  #increase(): void {
    const step = Math.max(1 / this.#limit, increaseShare);
    this.#limit = Math.min(this.#callsMax, this.#limit + step);
  }

  #decrease(call: number, retryAfterMs: number): void {
    const backoffMs = Math.min(retryAfterMs, backoffMsMax);
    this.#backoffUntil = Math.max(this.#backoffUntil, this.#clock.now() + backoffMs);
    for (const waiter of this.#waiting) waiter.refuse();
    if (call <= this.#lastCallBeforeDecrease) return;
    this.#lastCallBeforeDecrease = this.#lastCall;
    // Half of a limit nobody came near would be no change at all.
    const used = Math.min(this.#limit, Math.max(this.#peak, decreaseBaseMin));
    this.#limit = Math.max(1, used / 2);
    this.#peak = this.#inFlight;
  }

  #refusal(): Fault {
    const backoffMs = this.#backoffUntil - this.#clock.now();
    return new Fault("MODEL_RATE_LIMITED", { retryAfterMs: Math.max(backoffMs, backoffMsDefault) });
  }
}
