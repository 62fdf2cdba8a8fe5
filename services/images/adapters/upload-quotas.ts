import type { Redis } from "ioredis";
import type { Clock } from "#lib/clock/clock.ts";
import { Fault } from "#lib/error/fault.ts";
import { createWindowCounter } from "#lib/redis/window-counter.ts";
import type { CreateDeps } from "../create-upload.ts";

const dayS = 24 * 3_600;

export interface UploadLimits {
  /** Uploads a user and day; 0 is no limit. */
  readonly uploads: number;
  /** Bytes of them; 0 is no limit. */
  readonly bytes: number;
}

/** Counts uploads in Redis, by user and day (UTC). */
export function createUploadQuotas(
  redis: Redis,
  clock: Clock,
  limits: UploadLimits,
): CreateDeps["admit"] {
  const count = createWindowCounter(redis, clock, { windowS: dayS });
  return async (userId, bytes) => {
    const { exhausted, used, resetS } = await count([
      { key: (day) => `images:uploads:${day}:${userId}`, max: limits.uploads },
      { key: (day) => `images:bytes:${day}:${userId}`, max: limits.bytes, amount: bytes },
    ]);
    const quotas = [
      { name: "uploads", limit: limits.uploads },
      { name: "upload-bytes", limit: limits.bytes },
    ].map(({ name, limit }, i) => {
      const remaining = Math.max(0, limit - (used[i] ?? 0));
      return { name, limit, remaining, windowS: dayS, resetS };
    });
    const quota = exhausted === undefined ? undefined : quotas[exhausted];
    if (quota) throw new Fault("TOO_MANY_UPLOADS", { quota });
    return quotas;
  };
}
