import type { Redis } from "ioredis";
import { Fault } from "#lib/error/fault.ts";
import { redisCall } from "./client.ts";

export interface RedisMemory {
  readonly usedBytes: number;
  /** 0 is no limit. */
  readonly maxBytes: number;
  /** What happens at the limit: `noeviction` alone forgets nothing. */
  readonly policy: string;
  /** From nine tenths on: the last tenth is for the outputs, events and results of accepted scans. */
  readonly isNearlyFull: boolean;
}

const usedShareMax = 0.9;

export async function readMemory(redis: Redis): Promise<RedisMemory> {
  const info = await redisCall(() => redis.info("memory"));
  const field = (name: string) => new RegExp(`^${name}:(\\S+)`, "m").exec(info)?.[1] ?? "";
  const [usedBytes, maxBytes] = [Number(field("used_memory")), Number(field("maxmemory"))];
  const isNearlyFull = maxBytes > 0 && usedBytes >= usedShareMax * maxBytes;
  return { usedBytes, maxBytes, policy: field("maxmemory_policy"), isNearlyFull };
}

const lookEveryMs = 1_000;

/**
 * Resolves while Redis has memory for more; for readiness, and before a scan is accepted. Redis is asked once a
 * second, however often this is called.
 *
 * The returned function throws Fault `UNAVAILABLE` from nine tenths of `maxmemory` on, and while Redis is away.
 */
export function createMemoryCheck(redis: Redis): () => Promise<void> {
  let lookedAt = Number.NEGATIVE_INFINITY;
  let looking = Promise.resolve();
  return () => {
    if (performance.now() - lookedAt >= lookEveryMs) {
      lookedAt = performance.now();
      looking = readMemory(redis).then(({ isNearlyFull }) => {
        if (!isNearlyFull) return;
        const cause = new Error("redis is nearly full");
        throw new Fault("UNAVAILABLE", { cause, retryAfterMs: 10_000 });
      });
    }
    return looking;
  };
}
