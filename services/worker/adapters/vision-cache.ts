import type { Redis } from "ioredis";
import { Counter } from "prom-client";
import * as v from "valibot";
import { ClassificationResult } from "#lib/contract/classification.ts";
import { redisCall } from "#lib/redis/client.ts";
import { script } from "#lib/redis/script.ts";
import {
  failuresMax,
  leaseMs,
  type VisionShare,
  type VisionSource,
} from "../models/share-vision.ts";

/** KEYS cache, lease, failures · ARGV token, lease ms, failures max. The answer, or lead 1, wait 0. */
const BEGIN = `
local answer = redis.call('GET', KEYS[1])
if answer then return answer end
if tonumber(redis.call('GET', KEYS[3]) or '0') >= tonumber(ARGV[3]) then return 1 end
if redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
return 0
`;

/** KEYS lease · ARGV token, lease ms. Only its holder may renew it: it may be another's by now. */
const RENEW = `
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
`;

/** KEYS cache, lease, failures · ARGV token, answer, ttl s. An overtaken leader's answer is as good. */
const SETTLE = `
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

/** For so long after a failure nobody waits for the next leader. */
const failuresTtlS = 60;

const Answer = v.object({
  ...v.omit(ClassificationResult, ["meta"]).entries,
  question: v.exactOptional(v.string()),
});

/** @param ttlS how long an answer is remembered, seconds */
export function createVisionShare(redis: Redis, { ttlS }: { ttlS: number }): VisionShare {
  const begin = script(redis, "beginVision", BEGIN);
  const renew = script(redis, "renewVision", RENEW);
  const settle = script(redis, "settleVision", SETTLE);
  const release = script(redis, "releaseVision", RELEASE);
  return {
    begin: async (key, token) => {
      const reply = await begin(
        [cacheOf(key), leaseOf(key), failuresOf(key)],
        [...[token, leaseMs, failuresMax]],
      );
      if (reply === 1) return { kind: "lead" };
      if (typeof reply !== "string") return { kind: "wait" };
      const answer = v.safeParse(Answer, JSON.parse(reply));
      if (answer.success) return { kind: "known", answer: answer.output };
      // Nobody else would ever replace it.
      await redisCall(() => redis.del(cacheOf(key)));
      return { kind: "wait" };
    },
    renew: async (key, token) => {
      await renew([leaseOf(key)], [token, leaseMs]);
    },
    settle: async (key, token, answer) => {
      const keys = [cacheOf(key), leaseOf(key), failuresOf(key)];
      await settle(keys, [token, JSON.stringify(answer), ttlS]);
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
  help: "Photos looked at, by where the answer came from: everything but model is a call saved",
  labelNames: ["source"],
});

export function countVisionCall(source: VisionSource): void {
  calls.inc({ source });
}
