import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import * as v from "valibot";
import type { Clock } from "#lib/clock/clock.ts";
import { Fault } from "#lib/error/fault.ts";
import { redisCall } from "#lib/redis/client.ts";
import { createWindowCounter } from "#lib/redis/window-counter.ts";
import type { BeginDeps } from "../begin-sign-in.ts";
import type { FinishDeps } from "../finish-sign-in.ts";
import { SignInAttempt, signInAttemptTtlS } from "../sign-in-attempt.ts";

/** Names are contracts. */
export const authKeys = {
  state: (state: string) => `auth:state:${state}`,
  /** Counters of a minute; `identity` is a fingerprint, since a provider's id may be any text. */
  begun: (window: number, address: string) => `auth:begun:${window}:${address}`,
  finished: (window: number, address: string) => `auth:finished:${window}:${address}`,
  signedIn: (window: number, identity: string) => `auth:signed-in:${window}:${identity}`,
} as const;

const Stored = v.pipe(v.string(), v.parseJson(), SignInAttempt);

/** Sign-in attempts. While Redis is away no sign-in begins or finishes. */
export function createAttempts(redis: Redis): BeginDeps["attempts"] & FinishDeps["attempts"] {
  return {
    keep: async (state, attempt) => {
      const value = JSON.stringify(attempt);
      await redisCall(() => redis.set(authKeys.state(state), value, "EX", signInAttemptTtlS));
    },
    take: async (state) => {
      const value = await redisCall(() => redis.getdel(authKeys.state(state)));
      return value === null ? undefined : v.parse(Stored, value);
    },
  };
}

export interface SignInLimits {
  /** A minute; 0 is no limit. */
  readonly perAddress: number;
  readonly perUser: number;
}

/** Rate limits of sign-ins, in windows of a minute; begun and finished ones are counted apart. */
export function createSignInLimits(
  redis: Redis,
  clock: Clock,
  { perAddress, perUser }: SignInLimits,
): BeginDeps["limits"] & FinishDeps["limits"] {
  const count = createWindowCounter(redis, clock);
  const admit = async (key: (window: number) => string, max: number): Promise<void> => {
    const { exhausted, resetS } = await count([{ key, max }]);
    if (exhausted === undefined) return;
    const quota = { name: "sign-ins", limit: max, remaining: 0, windowS: 60, resetS };
    throw new Fault("TOO_MANY_SIGN_INS", { quota });
  };
  return {
    admitBegin: (address) => admit((window) => authKeys.begun(window, address), perAddress),
    admitFinish: (address) => admit((window) => authKeys.finished(window, address), perAddress),
    admitUser: (provider, id) => {
      const identity = createHash("sha256").update(`${provider}:${id}`).digest("base64url");
      return admit((window) => authKeys.signedIn(window, identity), perUser);
    },
  };
}
