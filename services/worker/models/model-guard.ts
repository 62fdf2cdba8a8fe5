import type { Clock } from "#lib/clock/clock.ts";
import { Fault } from "#lib/error/fault.ts";
import { AdaptiveConcurrency, type Permit } from "./adaptive-concurrency.ts";
import {
  type BreakerPermit,
  type BreakerState,
  type CallOutcome,
  CircuitBreaker,
} from "./circuit-breaker.ts";

/** What a call really used, where the provider says so. */
export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** Runs one request to a model under its guard: may refuse it, and sees its outcome. */
export type GuardedCall = <T>(
  estimatedTokens: number,
  signal: AbortSignal,
  send: (onUsage: (usage: Usage) => void) => Promise<T>,
) => Promise<T>;

/** The rate limit of one model that all workers share. */
export interface RateLimiter {
  /** @throws Fault `MODEL_RATE_LIMITED` with how long to wait, or `UNAVAILABLE`. */
  reserve(estimatedTokens: number): Promise<Reservation>;
}
export interface Reservation {
  settle(usedTokens: number): void;
}

/** For metrics and the log. */
export interface GuardObserver {
  /** A request was sent; `outcome` is `ok` or a fault's code. */
  onCall(outcome: string, error?: unknown): void;
  /** A request was not sent. */
  onNotPermitted(reason: "concurrency" | "breaker" | "rate_limit"): void;
  onUsage(usage: Usage): void;
}

export interface GuardState {
  readonly breaker: BreakerState;
  readonly limit: number;
}

export interface ModelGuardOptions {
  readonly clock: Clock;
  readonly callsMax: number;
  readonly observer: GuardObserver;
  /** Absent: no limit of our own. */
  readonly rateLimiter?: RateLimiter | undefined;
}

/**
 * The resilience policy of one model, in this order: adaptive concurrency limit, circuit breaker, shared
 * rate limit, the call. One per model, because providers limit and fail by model; the trouble of a whole
 * account is found by each of its models alone, at the price of a call that is not billed.
 */
export class ModelGuard {
  readonly #breaker: CircuitBreaker;
  readonly #concurrency: AdaptiveConcurrency;
  readonly #options: ModelGuardOptions;
  readonly #listeners: ((state: GuardState) => void)[] = [];

  constructor(options: ModelGuardOptions) {
    this.#options = options;
    this.#breaker = new CircuitBreaker(options.clock);
    this.#concurrency = new AdaptiveConcurrency(options);
  }

  /** Calls at once that make sense now; 0 while the model must not be called. */
  get capacity(): number {
    return Math.min(this.#breaker.capacity, this.#concurrency.capacity);
  }

  /** When `capacity` may rise by itself, in milliseconds since the Unix epoch. */
  get backoffUntil(): number {
    return Math.max(this.#breaker.openUntil, this.#concurrency.backoffUntil);
  }

  /** Tells the state at once, and whenever it may have changed. */
  onChange(listener: (state: GuardState) => void): void {
    this.#listeners.push(listener);
    listener(this.#state);
  }

  readonly run: GuardedCall = async (estimatedTokens, signal, send) => {
    const permit = await this.#acquire(signal);
    try {
      const breakerPermit = this.#acquireFromBreaker();
      this.#changed();
      return await this.#call(breakerPermit, permit, estimatedTokens, send);
    } finally {
      permit.release();
      this.#changed();
    }
  };

  async #call<T>(
    breakerPermit: BreakerPermit,
    permit: Permit,
    estimatedTokens: number,
    send: (onUsage: (usage: Usage) => void) => Promise<T>,
  ): Promise<T> {
    const { observer } = this.#options;
    const reservation = await this.#reserve(breakerPermit, permit, estimatedTokens);
    try {
      const output = await send((usage) => {
        reservation?.settle(usage.promptTokens + usage.completionTokens);
        observer.onUsage(usage);
      });
      breakerPermit.settle("responded");
      permit.succeeded();
      observer.onCall("ok");
      return output;
    } catch (error) {
      // Other faults are not the model's but the caller's: soft limit, stop, cancel.
      const fault = error instanceof Fault && error.code.startsWith("MODEL_") ? error : undefined;
      observer.onCall(fault?.code ?? "ABORTED", error);
      const outcome = outcomeOf(fault);
      breakerPermit.settle(outcome);
      if (fault?.code === "MODEL_RATE_LIMITED") permit.limited(fault.retryAfterMs);
      // A refused request used no tokens.
      if (fault?.code === "MODEL_RATE_LIMITED" || outcome === "quota-exhausted") {
        reservation?.settle(0);
      }
      // The probe was the breaker's: its message loses no try by it.
      if (breakerPermit.isProbe && outcome === "failed") throw this.#breakerOpen(error);
      throw error;
    }
  }

  async #acquire(signal: AbortSignal): Promise<Permit> {
    try {
      return await this.#concurrency.acquire(signal);
    } catch (error) {
      if (error instanceof Fault) this.#options.observer.onNotPermitted("concurrency");
      throw error;
    }
  }

  #acquireFromBreaker(): BreakerPermit {
    const permit = this.#breaker.tryAcquire();
    if (permit) return permit;
    this.#options.observer.onNotPermitted("breaker");
    throw this.#breakerOpen();
  }

  /** Our own rate limit counts like the provider's: its refusal decreases the prefetch as well. */
  async #reserve(
    breakerPermit: BreakerPermit,
    permit: Permit,
    tokens: number,
  ): Promise<Reservation | undefined> {
    try {
      return await this.#options.rateLimiter?.reserve(tokens);
    } catch (error) {
      breakerPermit.settle("unknown");
      if (error instanceof Fault && error.code === "MODEL_RATE_LIMITED") {
        permit.limited(error.retryAfterMs);
        this.#options.observer.onNotPermitted("rate_limit");
      }
      throw error;
    }
  }

  #breakerOpen(cause?: unknown): Fault {
    const retryAfterMs = Math.max(0, this.#breaker.openUntil - this.#options.clock.now());
    return new Fault("MODEL_BREAKER_OPEN", { cause, retryAfterMs });
  }

  get #state(): GuardState {
    return { breaker: this.#breaker.state, limit: this.#concurrency.limit };
  }

  #changed(): void {
    const state = this.#state;
    for (const listener of this.#listeners) listener(state);
  }
}

function outcomeOf(fault: Fault | undefined): CallOutcome {
  switch (fault?.code) {
    case undefined:
      return "unknown";
    case "MODEL_QUOTA_EXHAUSTED":
      return "quota-exhausted";
    case "MODEL_UNAVAILABLE":
    case "MODEL_TIMEOUT":
    // One is the request's fault; five in a row are a wrong key, or a model that is not there.
    case "MODEL_REJECTED":
      return "failed";
    default:
      return "responded";
  }
}
