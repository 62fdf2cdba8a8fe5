import type { Clock } from "#lib/clock/clock.ts";
import { Fault } from "#lib/error/fault.ts";
import { Breaker, type BreakerState, type Outcome, type Pass } from "./breaker.ts";
import { Concurrency, type Slot } from "./concurrency.ts";

/** What a call really used, where the provider says so. */
export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** Stands around a request to a provider: may refuse it, and sees what becomes of it. */
export type Guarded = <T>(
  estimatedTokens: number,
  signal: AbortSignal,
  send: (onUsage: (usage: Usage) => void) => Promise<T>,
) => Promise<T>;

/** The part of a provider's limits that all workers share. */
export interface Allowance {
  /** @throws Fault `MODEL_RATE_LIMITED` with how long to wait, or `UNAVAILABLE`. */
  reserve(estimatedTokens: number): Promise<Reservation>;
}
export interface Reservation {
  settle(usedTokens: number): void;
}

/** For metrics and the log. */
export interface GuardWatch {
  /** A request was sent; `outcome` is `ok` or a fault's code. */
  onCall(outcome: string, error?: unknown): void;
  /** A request was not sent. */
  onHeldBack(reason: "slots" | "breaker" | "allowance"): void;
  onUsage(usage: Usage): void;
  onChange(state: { readonly breaker: BreakerState; readonly limit: number }): void;
}

export interface ModelGuardOptions {
  readonly clock: Clock;
  readonly callsMax: number;
  readonly watch: GuardWatch;
  /** Absent: no limit of our own. */
  readonly allowance?: Allowance;
}

/**
 * Everything that stands between Eco² and one model, in this order: a slot, the breaker, the shared
 * allowance, the call. One per model, since providers limit and fail by model; trouble of a whole
 * account is found out by each of its models alone, at the price of a call that is not billed.
 */
export class ModelGuard {
  readonly #breaker: Breaker;
  readonly #concurrency: Concurrency;
  readonly #options: ModelGuardOptions;

  constructor(options: ModelGuardOptions) {
    this.#options = options;
    this.#breaker = new Breaker(options.clock);
    this.#concurrency = new Concurrency(options);
    this.#changed();
  }

  /** Calls at once that make sense now; 0 while it is to be left alone. */
  get capacity(): number {
    return Math.min(this.#breaker.capacity, this.#concurrency.capacity);
  }

  /** When `capacity` may rise by itself, in milliseconds since the Unix epoch. */
  get quietUntil(): number {
    return Math.max(this.#breaker.openUntil, this.#concurrency.restUntil);
  }

  readonly run: Guarded = async (estimatedTokens, signal, send) => {
    const slot = await this.#slot(signal);
    try {
      const pass = this.#pass();
      this.#changed();
      return await this.#call(pass, slot, estimatedTokens, send);
    } finally {
      slot.leave();
      this.#changed();
    }
  };

  async #call<T>(
    pass: Pass,
    slot: Slot,
    estimatedTokens: number,
    send: (onUsage: (usage: Usage) => void) => Promise<T>,
  ): Promise<T> {
    const { watch } = this.#options;
    const reservation = await this.#reserve(pass, slot, estimatedTokens);
    try {
      const output = await send((usage) => {
        reservation?.settle(usage.promptTokens + usage.completionTokens);
        watch.onUsage(usage);
      });
      pass.settle("answered");
      slot.succeeded();
      watch.onCall("ok");
      return output;
    } catch (error) {
      // Not sent by the model but by whoever waits for it: soft limit, stop, cancel.
      const fault = error instanceof Fault && error.code.startsWith("MODEL_") ? error : undefined;
      watch.onCall(fault?.code ?? "ABORTED", error);
      const outcome = outcomeOf(fault);
      pass.settle(outcome);
      if (fault?.code === "MODEL_RATE_LIMITED") slot.limited(fault.retryAfterMs);
      // A request that was turned away at the door used nothing.
      if (fault?.code === "MODEL_RATE_LIMITED" || outcome === "exhausted") reservation?.settle(0);
      // The probe was ours: its message has lost nothing by it.
      if (pass.isProbe && outcome === "failed") throw this.#refusal(error);
      throw error;
    }
  }

  async #slot(signal: AbortSignal): Promise<Slot> {
    try {
      return await this.#concurrency.enter(signal);
    } catch (error) {
      if (error instanceof Fault) this.#options.watch.onHeldBack("slots");
      throw error;
    }
  }

  #pass(): Pass {
    const pass = this.#breaker.enter();
    if (pass) return pass;
    this.#options.watch.onHeldBack("breaker");
    throw this.#refusal();
  }

  /** Our own limit is a limit like the provider's: what it refuses narrows the intake as well. */
  async #reserve(pass: Pass, slot: Slot, tokens: number): Promise<Reservation | undefined> {
    try {
      return await this.#options.allowance?.reserve(tokens);
    } catch (error) {
      pass.settle("unknown");
      if (error instanceof Fault && error.code === "MODEL_RATE_LIMITED") {
        slot.limited(error.retryAfterMs);
        this.#options.watch.onHeldBack("allowance");
      }
      throw error;
    }
  }

  #refusal(cause?: unknown): Fault {
    const retryAfterMs = Math.max(0, this.#breaker.openUntil - this.#options.clock.now());
    return new Fault("MODEL_BREAKER_OPEN", { cause, retryAfterMs });
  }

  #changed(): void {
    const { state } = this.#breaker;
    this.#options.watch.onChange({ breaker: state, limit: this.#concurrency.limit });
  }
}

function outcomeOf(fault: Fault | undefined): Outcome {
  switch (fault?.code) {
    case undefined:
      return "unknown";
    case "MODEL_QUOTA_EXHAUSTED":
      return "exhausted";
    case "MODEL_UNAVAILABLE":
    case "MODEL_TIMEOUT":
    // One is the request's fault; five in a row are a wrong key, or a model that is not there.
    case "MODEL_REJECTED":
      return "failed";
    default:
      return "answered";
  }
}
