import type { Redis } from "ioredis";
import type { Clock } from "#lib/clock/clock.ts";
import type { AdmitDeps } from "#lib/contract/admit-submit.ts";
import { createWindowCounter } from "./window-counter.ts";

export interface SubmitLimits {
  /** Submits a minute; 0 is no limit. */
  readonly perUser: number;
  readonly overall: number;
}

const scopes = ["user", "global"] as const;

/** @param of what is submitted: a part of the keys */
export function createSubmitCounter(
  redis: Redis,
  clock: Clock,
  { perUser, overall }: SubmitLimits,
  of: "scan" | "chat" | "feedback" = "scan",
): AdmitDeps["countSubmit"] {
  const count = createWindowCounter(redis, clock);
  return async (userId) => {
    const { exhausted, used, resetS } = await count([
      { key: (window) => `${of}:submits:${window}:${userId}`, max: perUser },
      { key: (window) => `${of}:submits:${window}`, max: overall },
    ]);
    const scope = exhausted === undefined ? undefined : scopes[exhausted];
    const remaining = Math.max(0, perUser - (used[0] ?? 0));
    return {
      scope,
      own: {
        name: of === "feedback" ? of : "submits",
        limit: perUser,
        remaining,
        windowS: 60,
        resetS,
      },
    };
  };
}
