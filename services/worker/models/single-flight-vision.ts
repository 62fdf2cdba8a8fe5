import type { ModelClassification } from "#lib/contract/classification.ts";
import { Fault } from "#lib/error/fault.ts";
import type { Model, VisionInput } from "./model.ts";

/**
 * What the calls of a fleet of workers share: a cache of classifications, and a lease for each one that
 * is being made.
 */
export interface VisionCache {
  /** One step: nobody can take the lease between the look for a classification and the taking of it. */
  acquire(key: string, token: string): Promise<Acquired>;
  renew(key: string, token: string): Promise<void>;
  /** Stores the classification and ends the lease. */
  complete(key: string, token: string, classification: ModelClassification): Promise<void>;
  /** Ends the lease without a classification. */
  release(key: string, token: string, hasFailed: boolean): Promise<void>;
}

/**
 * `hit`: the classification is there · `acquired`: call the model, holding a lease that is renewed while
 * the call runs · `pending`: another caller holds the lease; try again shortly.
 */
export type Acquired =
  | { readonly kind: "hit"; readonly classification: ModelClassification }
  | { readonly kind: "acquired" }
  | { readonly kind: "pending" };

/** Where a classification came from: a paid call, the cache, or the call of another scan in flight. */
export type VisionSource = "model" | "cache" | "shared";

export interface SingleFlightDeps {
  readonly cache: VisionCache;
  count(source: VisionSource): void;
  /** What besides its name tells the model from others: the address of its server. */
  readonly origin: string;
  readonly times?: SingleFlightTimes;
}

export interface SingleFlightTimes {
  readonly pollMs: number;
  readonly renewMs: number;
  readonly waitMsMax: number;
}

/** How long a lease outlives its holder; renewed three times in that time. */
export const leaseMs = 5_000;
/** Failed calls in a row after which nobody waits for another call, until a minute has passed. */
export const failuresMax = 3;

/** The wait leaves most of the stage's 60 s to whoever acquires the lease after it. */
const defaultTimes = { pollMs: 200, renewMs: leaseMs / 3, waitMsMax: 20_000 };
const retryAfterMs = 1_000;

/**
 * Single flight with a cache round `classify`: of equal calls at one time one is made, the others wait for
 * its classification, and it is kept for a day. Equal means that all that is sent to the model is equal
 * (`keyOf`): the user's words are part of the prompt, so no classification carries what somebody else
 * wrote.
 *
 * The lease of a holder that dies expires; one that fails or is cancelled releases it, and one of those
 * who wait acquires it. After `failuresMax` failures in a row they no longer wait for one another: with a
 * model that hangs, that would take hours. A scan that has waited `waitMsMax` is deferred, which costs no
 * try, so that its place in the worker is free.
 *
 * It saves money and guarantees nothing: when a holder outlives its lease, as when Redis is away, another
 * acquires it, and both pay.
 */
export function singleFlightVision(model: Model, deps: SingleFlightDeps): Model {
  const { cache, count, origin, times = defaultTimes } = deps;
  return {
    ...model,
    async classify(input, permit) {
      const { signal } = permit;
      const key = keyOf(model, origin, input);
      const token = crypto.randomUUID();
      const waitsUntil = performance.now() + times.waitMsMax;
      for (let source: VisionSource = "cache"; ; source = "shared") {
        signal.throwIfAborted();
        const flight = await cache.acquire(key, token);
        if (flight.kind === "acquired") {
          count("model");
          // Handed on as a promise: a closure would hold the photo for as long as the model takes.
          const calling = model.classify(input, permit);
          return underLease(calling, { cache, key, token, renewMs: times.renewMs });
        }
        if (flight.kind === "hit") {
          count(source);
          return flight.classification;
        }
        if (performance.now() >= waitsUntil) throw stillPending();
        await pause(times.pollMs, signal);
      }
    },
  };
}

interface Lease {
  readonly cache: VisionCache;
  readonly key: string;
  readonly token: string;
  readonly renewMs: number;
}

/** Trouble with the lease must not cost the classification, which is paid for: the lease expires. */
async function underLease(
  calling: Promise<ModelClassification>,
  { cache, key, token, renewMs }: Lease,
): Promise<ModelClassification> {
  const renewal = setInterval(() => cache.renew(key, token).catch(() => undefined), renewMs);
  try {
    const classification = await calling;
    await cache.complete(key, token, classification).catch(() => undefined);
    return classification;
  } catch (error) {
    await cache.release(key, token, hasFailed(error)).catch(() => undefined);
    throw error;
  } finally {
    clearInterval(renewal);
  }
}

/** A cancel, a worker that stops and a rate limit say nothing about the input. */
function hasFailed(error: unknown): boolean {
  const { code, kind } = Fault.from(error);
  return kind.onMessage !== "wait" && code !== "CANCELLED" && code !== "MODEL_RATE_LIMITED";
}

/**
 * A hash of all that is sent to the model, and of what it is asked by. It names no field of the input, so none can
 * be missing.
 */
function keyOf({ name, version }: Model, origin: string, input: VisionInput): string {
  return sha256(JSON.stringify({ model: name, version, origin, input }, canonical));
}

/** For `JSON.stringify`: bytes as their hash, and keys in one order. */
function canonical(_key: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return sha256(value);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function sha256(data: string | Uint8Array): string {
  return Bun.SHA256.hash(data, "hex");
}

function stillPending(): Fault {
  const cause = new Error("an equal photo is still being classified");
  return new Fault("UNAVAILABLE", { cause, retryAfterMs });
}

/** Up to a quarter longer, so that those who wait do not all try at once. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const wake = (): void => resolve();
  const timer = setTimeout(wake, ms * (1 + Math.random() / 4));
  signal.addEventListener("abort", wake);
  await promise;
  signal.removeEventListener("abort", wake);
  clearTimeout(timer);
}
