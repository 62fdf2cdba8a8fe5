import type { Clock } from "#lib/clock/clock.ts";
import { Fault } from "#lib/error/fault.ts";
import { AdaptiveRate } from "./adaptive-rate.ts";
import { AdmissionQueue } from "./admission-queue.ts";
import {
  type BreakerPermit,
  type BreakerState,
  type CallOutcome,
  CircuitBreaker,
} from "./circuit-breaker.ts";
import type { TokenCosts } from "./token-costs.ts";

/** What a call really used, where the provider says so. */
export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** The right to call one model once, within a second; later, the call queues again. */
export interface CallPermit {
  /** Aborts the call. */
  readonly signal: AbortSignal;
  /** Runs one request to the model: may refuse it, and sees its outcome. */
  readonly run: <T>(
    estimatedTokens: number,
    send: (onUsage: (usage: Usage) => void) => Promise<T>,
  ) => Promise<T>;
}

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
  /** A request was sent, and its outcome came after `ms`: `ok` or a fault's code. */
  onCall(outcome: string, ms: number, error?: unknown, usage?: Usage): void;
  /** A request was not sent. */
  onNotPermitted(reason: "queue" | "breaker" | "rate_limit"): void;
  onUsage(usage: Usage): void;
}

export interface GuardState {
  readonly breaker: BreakerState;
  /** Calls at once and calls a second. */
  readonly concurrency: number;
  readonly perS: number;
  readonly inFlight: number;
  readonly waiting: number;
}

export interface ModelGuardOptions {
  readonly clock: Clock;
  /** Calls at once that make sense, whatever the model takes. */
  readonly callsMax: number;
  readonly observer: GuardObserver;
  /** What users' calls use: decides whose is next. */
  readonly costs: Pick<TokenCosts, "add" | "of">;
  /** Absent: no limit of our own. */
  readonly rateLimiter?: RateLimiter | undefined;
}

/** How long a permit waits for its call: a photo that takes longer to load must not hold a place. */
const permitMs = 1_000;

/**
 * The resilience policy of one model, in this order: circuit breaker, adaptive rate, shared rate limit, the
 * call. One per model, because providers limit and fail by model; the trouble of a whole account is found
 * by each of its models alone, at the price of a call that is not billed.
 *
 * What a model says about a request proves that the model is there. A refusal delays its own message; the
 * rate follows the share of refusals. A failed probe costs its message a try, so that a message that makes
 * the model fail does not probe for ever.
 */
export class ModelGuard {
  readonly #options: ModelGuardOptions;
  readonly #breaker: CircuitBreaker;
  readonly #rate = new AdaptiveRate();
  readonly #queue: AdmissionQueue;
  readonly #listeners: ((state: GuardState) => void)[] = [];

  constructor(options: ModelGuardOptions) {
    this.#options = options;
    this.#breaker = new CircuitBreaker(options.clock);
    this.#queue = new AdmissionQueue({
      clock: options.clock,
      rate: this.#rate,
      costOf: options.costs.of,
    });
  }

  /** Calls at once that make sense now; 0 while the model must not be called. */
  get capacity(): number {
    if (this.#queue.pausedUntil > this.#options.clock.now()) return 0;
    return Math.min(this.#breaker.capacity, this.#concurrency);
  }

  /** False while it is called by probes alone. */
  get isUp(): boolean {
    return this.#breaker.capacity === Number.POSITIVE_INFINITY;
  }

  /** When `capacity` may rise by itself, in milliseconds since the Unix epoch. */
  get backoffUntil(): number {
    return Math.max(this.#breaker.openUntil, this.#queue.pausedUntil);
  }

  /** Tells the state at once, and whenever it may have changed. */
  onChange(listener: (state: GuardState) => void): void {
    this.#listeners.push(listener);
    listener(this.state);
  }

  /**
   * Runs `work`, which may call the model once, when it is the caller's turn.
   *
   * @param caller the user the call is for
   * @throws Fault `MODEL_BREAKER_OPEN` or `MODEL_RATE_LIMITED` when there is no permit
   */
  async withPermit<T>(
    caller: string,
    signal: AbortSignal,
    work: (permit: CallPermit) => Promise<T>,
  ): Promise<T> {
    if (!this.#breaker.permits(caller)) throw this.#refusedByBreaker();
    const { clock } = this.#options;
    await this.#enter(caller, signal);
    const enteredAt = clock.now();
    let hasPlace = true;
    const leave = () => {
      if (hasPlace) this.#rate.release();
      hasPlace = false;
    };
    const run: CallPermit["run"] = async (estimatedTokens, send) => {
      if (clock.now() - enteredAt > permitMs) leave();
      if (!hasPlace) await this.#enter(caller, signal);
      hasPlace = false;
      return this.#run(caller, estimatedTokens, send);
    };
    try {
      return await work({ signal, run });
    } finally {
      leave();
    }
  }

  async #run<T>(
    caller: string,
    estimatedTokens: number,
    send: (onUsage: (usage: Usage) => void) => Promise<T>,
  ): Promise<T> {
    const breakerPermit = this.#breaker.tryAcquire(caller);
    if (!breakerPermit) throw this.#refusedByBreaker();
    this.#changed();
    try {
      const reservation = await this.#reserve(breakerPermit, estimatedTokens);
      return await this.#send(breakerPermit, reservation, (onUsage) =>
        send((usage) => {
          this.#options.costs.add(caller, usage.promptTokens + usage.completionTokens);
          onUsage(usage);
        }),
      );
    } finally {
      this.#changed();
    }
  }

  async #send<T>(
    breakerPermit: BreakerPermit,
    reservation: Reservation | undefined,
    send: (onUsage: (usage: Usage) => void) => Promise<T>,
  ): Promise<T> {
    const { observer, clock } = this.#options;
    const sentAt = clock.now();
    const call = this.#rate.sent();
    let used: Usage | undefined;
    try {
      const output = await send((usage) => {
        used = usage;
        reservation?.settle(usage.promptTokens + usage.completionTokens);
        observer.onUsage(usage);
      });
      breakerPermit.settle("responded");
      const ms = clock.now() - sentAt;
      this.#rate.succeeded(ms);
      observer.onCall("ok", ms, undefined, used);
      return output;
    } catch (error) {
      const { isModelWorking } = breakerPermit;
      const fault = modelFault(error, isModelWorking);
      observer.onCall(fault?.code ?? "ABORTED", clock.now() - sentAt, error, used);
      const outcome = outcomeOf(fault);
      breakerPermit.settle(outcome, fault?.retryAfterMs);
      if (outcome === "limited") this.#rate.refused(call, isModelWorking);
      // A refused request used no tokens.
      if (outcome === "limited" || outcome === "quota-exhausted") reservation?.settle(0);
      throw fault ?? error;
    } finally {
      this.#rate.ended();
    }
  }

  async #enter(caller: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#queue.enter(caller, signal);
    } catch (error) {
      if (error instanceof Fault && error.code === "MODEL_RATE_LIMITED") {
        this.#options.observer.onNotPermitted("queue");
      }
      throw error;
    }
  }

  /** Our own limit knows when it has room again: until then nobody asks. */
  async #reserve(breakerPermit: BreakerPermit, tokens: number): Promise<Reservation | undefined> {
    try {
      return await this.#options.rateLimiter?.reserve(tokens);
    } catch (error) {
      breakerPermit.settle("unknown");
      if (error instanceof Fault && error.code === "MODEL_RATE_LIMITED") {
        this.#queue.pause(error.retryAfterMs ?? 0);
        this.#options.observer.onNotPermitted("rate_limit");
      }
      throw error;
    }
  }

  #refusedByBreaker(): Fault {
    this.#options.observer.onNotPermitted("breaker");
    const retryAfterMs = Math.max(0, this.#breaker.openUntil - this.#options.clock.now());
    return new Fault("MODEL_BREAKER_OPEN", { retryAfterMs });
  }

  get #concurrency(): number {
    return Math.min(this.#options.callsMax, this.#rate.concurrency);
  }

  get state(): GuardState {
    const { perS, inFlight } = this.#rate;
    const { waiting } = this.#queue;
    return {
      breaker: this.#breaker.state,
      concurrency: this.#concurrency,
      perS,
      inFlight,
      waiting,
    };
  }

  #changed(): void {
    const { state } = this;
    for (const listener of this.#listeners) listener(state);
  }
}

/**
 * Undefined: the fault is not the model's but the caller's: soft limit, stop, cancel. A model that works on
 * nothing else is not full but away.
 */
function modelFault(error: unknown, isModelWorking: boolean): Fault | undefined {
  if (!(error instanceof Fault) || !error.code.startsWith("MODEL_")) return undefined;
  if (error.code !== "MODEL_BUSY" || isModelWorking) return error;
  const { retryAfterMs } = error;
  const advice = retryAfterMs === undefined ? {} : { retryAfterMs };
  return new Fault("MODEL_UNAVAILABLE", { cause: error, ...advice });
}

function outcomeOf(fault: Fault | undefined): CallOutcome {
  switch (fault?.code) {
    case undefined:
      return "unknown";
    case "MODEL_RATE_LIMITED":
    case "MODEL_BUSY":
    case "MODEL_NOT_READY":
      return "limited";
    case "MODEL_QUOTA_EXHAUSTED":
      return "quota-exhausted";
    case "MODEL_UNAVAILABLE":
    case "MODEL_TIMEOUT":
    case "MODEL_ACCESS_DENIED":
      return "failed";
    default:
      return "responded";
  }
}
