import type { Redis } from "ioredis";
import { Counter } from "prom-client";
import * as v from "valibot";
import { ClassificationResult } from "#lib/contract/classification.ts";
import { redisCall } from "#lib/redis/client.ts";
import { script } from "#lib/redis/script.ts";
import {
  failuresMax,
  leaseMs,
  type VisionCache,
  type VisionSource,
} from "../models/single-flight-vision.ts";

/**
 * KEYS cache, lease, failures · ARGV token, lease ms, failures max.
 * Returns the classification, or 1 = acquired, 0 = pending.
 */
const ACQUIRE = `
local classification = redis.call('GET', KEYS[1])
if classification then return classification end
if tonumber(redis.call('GET', KEYS[3]) or '0') >= tonumber(ARGV[3]) then return 1 end
if redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
return 0
`;

/** KEYS lease · ARGV token, lease ms. Only its holder may renew it: it may be another's by now. */
const RENEW = `
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
`;

/**
 * KEYS cache, lease, failures · ARGV token, classification, ttl s.
 * That of a holder whose lease has expired is as good.
 */
const COMPLETE = `
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
redis.call('DEL', KEYS[3])
if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end
`;

/** KEYS lease, failures · ARGV token, failed 1 or 0, ttl s of the failures. */
const RELEASE = `
if ARGV[2] == '1' then
  redis.call('INCR', KEYS[2])
  redis.call('EXPIRE', KEYS[2], ARGV[3])
end
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
`;

/** For so long after a failure nobody waits for another call. */
const failuresTtlS = 60;

const { meta: _, ...modelEntries } = ClassificationResult.entries;
const Classification = v.object({
  ...modelEntries,
  question: v.exactOptional(v.string()),
});

/**
 * Classifications and leases in Redis.
 *
 * @param ttlS how long a classification is kept, seconds
 */
export function createVisionCache(redis: Redis, { ttlS }: { ttlS: number }): VisionCache {
  const acquire = script(redis, ACQUIRE);
  const renew = script(redis, RENEW);
  const complete = script(redis, COMPLETE);
  const release = script(redis, RELEASE);
  return {
    acquire: async (key, token) => {
      const keys = [cacheOf(key), leaseOf(key), failuresOf(key)];
      const reply = await acquire(keys, [token, leaseMs, failuresMax]);
      if (reply === 1) return { kind: "acquired" };
      if (typeof reply !== "string") return { kind: "pending" };
      const stored = v.safeParse(Classification, JSON.parse(reply));
      if (stored.success) return { kind: "hit", classification: stored.output };
      // Nobody else would ever replace it.
      await redisCall(() => redis.del(cacheOf(key)));
      return { kind: "pending" };
    },
    renew: async (key, token) => {
      await renew([leaseOf(key)], [token, leaseMs]);
    },
    complete: async (key, token, classification) => {
      const keys = [cacheOf(key), leaseOf(key), failuresOf(key)];
      await complete(keys, [token, JSON.stringify(classification), ttlS]);
    },
    release: async (key, token, hasFailed) => {
      await release([leaseOf(key), failuresOf(key)], [token, hasFailed ? 1 : 0, failuresTtlS]);
    },
  };
}

const cacheOf = (key: string): string => `vision:cache:${key}`;
const leaseOf = (key: string): string => `vision:lease:${key}`;
const failuresOf = (key: string): string => `vision:failures:${key}`;

const calls = new Counter({
  name: "eco2_vision_calls_total",
  help: "Photos classified, by where the classification came from: all but model are calls saved",
  labelNames: ["source"],
});

export function countVisionCall(source: VisionSource): void {
  calls.inc({ source });
}
