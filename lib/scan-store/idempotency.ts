import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import type { Clock } from "#lib/clock/clock.ts";
import type { Claim, Idempotency } from "#lib/contract/idempotency.ts";
import { script } from "#lib/redis/script.ts";
import { idempotencyTtlS, scanKeys } from "./scan-keys.ts";

/** A submit that died between claim and answer is taken over after this, with the same job id. */
const takeoverAfterMs = 30_000;

/**
 * Claims the key, or returns why not, in one step. A hash per key: body (fingerprint), job_id, at (ms), done,
 * taken (1 after a takeover). Whoever takes over gets the first job id: if that job was published
 * after all, running it twice is harmless, while a second job would be paid for again.
 *
 * KEYS 1 key · ARGV 1 fingerprint, 2 job id, 3 now ms, 4 takeover ms, 5 ttl s
 */
const CLAIM = `
local held = redis.call('HMGET', KEYS[1], 'body', 'job_id', 'at', 'done')
if not held[1] then
  redis.call('HSET', KEYS[1], 'body', ARGV[1], 'job_id', ARGV[2], 'at', ARGV[3])
  redis.call('EXPIRE', KEYS[1], ARGV[5])
  return {'claimed', ARGV[2]}
end
if held[1] ~= ARGV[1] then return {'mismatch', ''} end
if held[4] then return {'answered', held[2]} end
if tonumber(ARGV[3]) - tonumber(held[3]) < tonumber(ARGV[4]) then return {'in_flight', ''} end
redis.call('HSET', KEYS[1], 'at', ARGV[3], 'taken', 1)
return {'claimed', held[2]}
`;

/** Not a plain HSET: that would bring a forgotten key back without its body and its TTL. KEYS 1 key */
const CONFIRM = `
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSET', KEYS[1], 'done', 1) end
`;

/**
 * Frees the key for any next request. The job id is kept, for the next one to take over at once, where a message
 * of that job may come: of a job that was retracted, and of one that was taken over, whose submit died.
 *
 * KEYS 1 key, 2 cancel
 */
const RELEASE = `
if redis.call('GET', KEYS[2]) == 'retracted' or redis.call('HGET', KEYS[1], 'taken') then
  redis.call('HSET', KEYS[1], 'at', 0)
else
  redis.call('DEL', KEYS[1])
end
`;

/** @param keyOf the Redis key of a user's key: keys of scans and of messages are others */
export function createIdempotency(
  redis: Redis,
  clock: Clock,
  keyOf: (userId: string, key: string) => string = scanKeys.idempotency,
): Idempotency<object> {
  const claim = script(redis, CLAIM);
  const confirm = script(redis, CONFIRM);
  const release = script(redis, RELEASE);
  return {
    claim: async (userId, key, request, jobId) => {
      const limits = [clock.now(), takeoverAfterMs, idempotencyTtlS];
      const args = [fingerprint(request), jobId, ...limits];
      return toClaim(await claim([keyOf(userId, key)], args));
    },
    confirm: async (userId, key) => {
      await confirm([keyOf(userId, key)], []);
    },
    release: async (userId, key, jobId) => {
      await release([keyOf(userId, key), scanKeys.cancel(jobId)], []);
    },
  };
}

/**
 * A hash of the whole request as it was parsed, so that a field which is added later is part of it.
 * The order of the fields makes no difference.
 */
export function fingerprint(request: object): string {
  return createHash("sha256").update(JSON.stringify(request, sortKeys)).digest("base64url");
}

function sortKeys(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function toClaim(reply: unknown): Claim {
  const [kind, jobId] = Array.isArray(reply) ? reply.map(String) : [];
  if ((kind === "claimed" || kind === "answered") && jobId) return { kind, jobId };
  if (kind === "in_flight" || kind === "mismatch") return { kind };
  throw new Error("unexpected reply of the claim script");
}
