import type { Clock } from "#lib/clock/clock.ts";
import { Fault } from "#lib/error/fault.ts";

/**
 * How many calls a model gets at once: halved when it says they are too many, slowly raised again by
 * calls that went well (AIMD, as TCP does). Advice to wait is obeyed: the model rests until then.
 *
 * A burst of refusals is one piece of news, so only calls that began after the last halving count. A
 * call without a free slot waits for a moment, which holds its message back where prefetch can see it;
 * refusing it at once would take the next message, and the next, as fast as the broker hands them out.
 */
export interface ConcurrencyOptions {
  readonly clock: Clock;
  /** Slots at the start and at most. */
  readonly callsMax: number;
  /** Covers two stages changing places; past it the message is better off in a retry queue. */
  readonly slotWaitMsMax?: number;
}

export interface Slot {
  /** The call went through. */
  succeeded(): void;
  /** Too many calls. */
  limited(retryAfterMs: number | undefined): void;
  /** Exactly once, last. */
  leave(): void;
}

/** Won back per round of calls: one slot, a tenth above ten. From 32 to 100 in 12 rounds of about 6 s. */
const shareWonBack = 0.1;
/** Providers' limits are in the tens of calls at least: an early refusal does not narrow to one. */
const knownMin = 64;
/** Without advice. */
const restMsDefault = 1_000;
/** Limits by the day advise hours; asking once a minute costs nothing. */
const restMsMax = 60_000;

interface Waiter {
  go(): void;
  refuse(): void;
}

export class Concurrency {
  readonly #clock: Clock;
  readonly #callsMax: number;
  readonly #slotWaitMsMax: number;
  readonly #waiting = new Set<Waiter>();
  #limit: number;
  #inFlight = 0;
  /** Most calls at once since the last halving. */
  #peak = 0;
  #restUntil = 0;
  #lastCall = 0;
  #lastCallBeforeHalving = 0;

  constructor({ clock, callsMax, slotWaitMsMax = 2_000 }: ConcurrencyOptions) {
    this.#clock = clock;
    this.#callsMax = callsMax;
    this.#slotWaitMsMax = slotWaitMsMax;
    this.#limit = callsMax;
  }

  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** Calls at once the model takes now; 0 while it rests. */
  get capacity(): number {
    return this.#clock.now() < this.#restUntil ? 0 : this.limit;
  }

  /** Milliseconds since the Unix epoch; in the past when it does not rest. */
  get restUntil(): number {
    return this.#restUntil;
  }

  /** @throws Fault `MODEL_RATE_LIMITED` when it rests or no slot came free; the signal's reason. */
  async enter(signal: AbortSignal): Promise<Slot> {
    signal.throwIfAborted();
    if (this.#inFlight >= this.capacity) await this.#slot(signal);
    else this.#inFlight += 1;
    this.#peak = Math.max(this.#peak, this.#inFlight);
    const call = ++this.#lastCall;
    return {
      succeeded: () => {
        const wonBack = Math.max(1 / this.#limit, shareWonBack);
        this.#limit = Math.min(this.#callsMax, this.#limit + wonBack);
      },
      limited: (retryAfterMs = restMsDefault) => this.#narrow(call, retryAfterMs),
      leave: () => {
        this.#inFlight -= 1;
        this.#admit();
      },
    };
  }

  #slot(signal: AbortSignal): Promise<void> {
    if (this.capacity === 0) return Promise.reject(this.#refusal());
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    // Out of the line in the same step, or a slot could be handed to somebody who has gone.
    const end = (settle: () => void) => {
      this.#waiting.delete(waiter);
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      settle();
    };
    const waiter = { go: () => end(resolve), refuse: () => end(() => reject(this.#refusal())) };
    const abort = () => end(() => reject(signal.reason));
    const timer = setTimeout(waiter.refuse, this.#slotWaitMsMax);
    signal.addEventListener("abort", abort, { once: true });
    this.#waiting.add(waiter);
    return promise;
  }

  #admit(): void {
    for (const waiter of this.#waiting) {
      if (this.#inFlight >= this.capacity) return;
      this.#inFlight += 1;
      waiter.go();
    }
  }

  #narrow(call: number, retryAfterMs: number): void {
    const restMs = Math.min(retryAfterMs, restMsMax);
    this.#restUntil = Math.max(this.#restUntil, this.#clock.now() + restMs);
    for (const waiter of this.#waiting) waiter.refuse();
    if (call <= this.#lastCallBeforeHalving) return;
    this.#lastCallBeforeHalving = this.#lastCall;
    // Half of a limit nobody came near would be no change at all.
    const used = Math.min(this.#limit, Math.max(this.#peak, knownMin));
    this.#limit = Math.max(1, used / 2);
    this.#peak = this.#inFlight;
  }

  #refusal(): Fault {
    const restMs = this.#restUntil - this.#clock.now();
    return new Fault("MODEL_RATE_LIMITED", { retryAfterMs: Math.max(restMs, restMsDefault) });
  }
}
