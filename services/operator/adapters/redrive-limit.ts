import type { Redis } from "ioredis";
import type { Clock } from "#lib/clock/clock.ts";
import { Fault } from "#lib/error/fault.ts";
import { createWindowCounter } from "#lib/redis/window-counter.ts";

const windowS = 60;

/** Counts an administrator's work on dead letters. The function throws Fault `RATE_LIMITED`. */
export function createRedriveLimit(
  redis: Redis,
  clock: Clock,
  perMinute: number,
): (userId: string) => Promise<void> {
  const count = createWindowCounter(redis, clock, { windowS });
  return async (userId) => {
    const key = (minute: number) => `ops:dead-letters:${minute}:${userId}`;
    const { exhausted, resetS } = await count([{ key, max: perMinute }]);
    if (exhausted === undefined) return;
    const quota = { name: "dead-letters", limit: perMinute, remaining: 0, windowS, resetS };
    throw new Fault("RATE_LIMITED", { quota });
  };
}
