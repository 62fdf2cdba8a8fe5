import type { Clock } from "#lib/clock/clock.ts";
import { Fault } from "#lib/error/fault.ts";
import type { AdaptiveRate } from "./adaptive-rate.ts";
import { FairQueue } from "./fair-queue.ts";

export interface AdmissionQueueOptions {
  readonly clock: Clock;
  readonly rate: AdaptiveRate;
  /** Tokens that a call of the user is expected to use. */
  readonly costOf: (user: string) => number;
  /** Past it the message is better off in a retry queue: its time limit runs meanwhile. */
  readonly waitMsMax?: number;
}

interface Waiter {
  admit(): void;
  refuse(retryAfterMs: number): void;
}

/**
 * Calls to one model that wait for their place in the schedule of its `AdaptiveRate`, fairly between
 * users. A waiting call holds its message back where prefetch can see it; refused at once, the next
 * message would come, and the next, as fast as the broker delivers them.
 */
export class AdmissionQueue {
  readonly #clock: Clock;
  readonly #rate: AdaptiveRate;
  readonly #waitMsMax: number;
  readonly #waiting: FairQueue<Waiter>;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor({ clock, rate, costOf, waitMsMax = 5_000 }: AdmissionQueueOptions) {
    this.#clock = clock;
    this.#rate = rate;
    this.#waiting = new FairQueue(costOf);
    this.#waitMsMax = waitMsMax;
  }

  /** Calls that wait for their turn. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** When the next call is due after a pause that is too long to wait out; else in the past. */
  get pausedUntil(): number {
    const now = this.#clock.now();
    const delayMs = this.#rate.delayMs(now);
    return delayMs > this.#waitMsMax ? now + delayMs : 0;
  }

  /**
   * Takes a place in the schedule.
   *
   * @param user whom the call is for
   * @throws Fault `MODEL_RATE_LIMITED` when no place is due in time; the signal's reason
   */
  async enter(user: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const now = this.#clock.now();
    const delayMs = this.#rate.delayMs(now);
    if (delayMs > this.#waitMsMax) throw limited(delayMs);
    if (delayMs > 0 || this.#waiting.size > 0) await this.#turn(user, signal);
    else this.#rate.take(now);
  }

  /** Nobody is admitted for so long; a pause too long for those who wait refuses them. */
  pause(ms: number): void {
    this.#rate.pause(this.#clock.now(), ms);
    if (ms <= this.#waitMsMax) return;
    for (const waiter of this.#waiting.clear()) waiter.refuse(ms);
  }

  #turn(user: string, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const settle = (how: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      how();
    };
    const waiter = {
      admit: () => settle(resolve),
      refuse: (retryAfterMs: number) => settle(() => reject(limited(retryAfterMs))),
    };
    // Leaves the queue in the step that rejects it, so that no place goes to a call that has been rejected.
    const leave = () => this.#waiting.remove(user, waiter);
    const abort = () => {
      leave();
      settle(() => reject(signal.reason));
    };
    const timer = setTimeout(() => {
      leave();
      waiter.refuse(0);
    }, this.#waitMsMax);
    signal.addEventListener("abort", abort, { once: true });
    this.#waiting.push(user, waiter, this.#clock.now());
    this.#arm();
    return promise;
  }

  #arm(): void {
    if (this.#timer !== undefined || this.#waiting.size === 0) return;
    const delayMs = Math.ceil(this.#rate.delayMs(this.#clock.now()));
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#admit();
      this.#arm();
    }, delayMs);
  }

  #admit(): void {
    while (this.#waiting.size > 0) {
      const now = this.#clock.now();
      if (this.#rate.delayMs(now) > 0) return;
      this.#rate.take(now);
      this.#waiting.shift()?.admit();
    }
  }
}

function limited(retryAfterMs: number): Fault {
  return new Fault("MODEL_RATE_LIMITED", { retryAfterMs: Math.max(retryAfterMs, retryAfterMsMin) });
}

const retryAfterMsMin = 1_000;
