import type { Redis } from "ioredis";
import type { Clock } from "#lib/clock/clock.ts";
import { createWindowCounter } from "#lib/redis/window-counter.ts";
import type { AdmitDeps } from "../admit-submit.ts";

export interface SubmitLimits {
  /** Submits a minute; 0 is no limit. */
  readonly perUser: number;
  readonly overall: number;
}

const scopes = ["user", "global"] as const;

export function createSubmitCounter(
  redis: Redis,
  clock: Clock,
  { perUser, overall }: SubmitLimits,
): AdmitDeps["countSubmit"] {
  const count = createWindowCounter(redis, clock);
  return async (userId) => {
    const { exhausted, used, resetS } = await count([
      { key: (window) => `scan:submits:${window}:${userId}`, max: perUser },
      { key: (window) => `scan:submits:${window}`, max: overall },
    ]);
    const scope = exhausted === undefined ? undefined : scopes[exhausted];
    const remaining = Math.max(0, perUser - (used[0] ?? 0));
    return { scope, own: { name: "submits", limit: perUser, remaining, windowS: 60, resetS } };
  };
}
