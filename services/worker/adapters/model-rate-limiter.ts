import type { Redis } from "ioredis";
import * as v from "valibot";
import { Fault } from "#lib/error/fault.ts";
import { script } from "#lib/redis/script.ts";
import type { RateLimiter } from "../models/model-guard.ts";

/**
 * Requests and tokens per minute that all workers share, counted in slices of a sliding window. A
 * slice counts until its last moment has left the window, so no 60 s ever hold more than the limit,
 * also not two bursts on either side of a full minute; the price is a window up to one slice longer.
 *
 * Redis's own clock is used: the workers' may differ. A wiped Redis forgets at most one minute.
 *
 * KEYS  1 requests · 2 tokens (hash slice → count)
 * ARGV  1 requests per window · 2 tokens per window (0 = off) · 3 tokens of this call · 4 window ms · 5 slice ms
 * Returns milliseconds to wait (0 = reserved), the slice reserved in.
 */
const RESERVE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local window, width = tonumber(ARGV[4]), tonumber(ARGV[5])
local function waitFor(key, limit, cost)
  if limit == 0 then return 0 end
  local entries = redis.call('HGETALL', key)
  local held, excess = {}, cost - limit
  for i = 1, #entries, 2 do
    local freeAt = (tonumber(entries[i]) + 1) * width + window
    if freeAt <= now then
      redis.call('HDEL', key, entries[i])
    else
      local count = tonumber(entries[i + 1])
      held[#held + 1] = { freeAt = freeAt, count = count }
      excess = excess + count
    end
  end
  if excess <= 0 then return 0 end
  table.sort(held, function(a, b) return a.freeAt < b.freeAt end)
  for _, slice in ipairs(held) do
    excess = excess - slice.count
    if excess <= 0 then return slice.freeAt - now end
  end
  return window
end
local limits = { tonumber(ARGV[1]), tonumber(ARGV[2]) }
local costs = { 1, tonumber(ARGV[3]) }
local wait = math.max(waitFor(KEYS[1], limits[1], costs[1]), waitFor(KEYS[2], limits[2], costs[2]))
local slice = math.floor(now / width)
if wait > 0 then return { math.ceil(wait), slice } end
for i = 1, 2 do
  if limits[i] > 0 then
    redis.call('HINCRBY', KEYS[i], slice, costs[i])
    redis.call('PEXPIRE', KEYS[i], window + 2 * width)
  end
end
return { 0, slice }
`;

/** A slice that has left the window needs no correction, and must not come back without a TTL. */
const SETTLE = `
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then
  redis.call('HINCRBY', KEYS[1], ARGV[1], ARGV[2])
end
`;

export interface ModelLimits {
  /** Per model; 0 = off. */
  readonly requestsPerMinute: number;
  readonly tokensPerMinute: number;
  /** Shorter in tests. */
  readonly windowMs?: number;
}

const slicesPerWindow = 60;
const Reserved = v.tuple([v.number(), v.number()]);

/** The shared rate limiter of each model by name; undefined when there are no limits. */
export function createModelRateLimiter(
  redis: Redis,
  { requestsPerMinute, tokensPerMinute, windowMs = 60_000 }: ModelLimits,
): ((model: string) => RateLimiter) | undefined {
  if (requestsPerMinute === 0 && tokensPerMinute === 0) return undefined;
  const reserve = script(redis, RESERVE);
  const settle = script(redis, SETTLE);
  const limits = [requestsPerMinute, tokensPerMinute];
  const spans = [windowMs, Math.ceil(windowMs / slicesPerWindow)];
  return (model) => {
    const tokensKey = `model:limit:${model}:tokens`;
    const keys = [`model:limit:${model}:requests`, tokensKey];
    return {
      reserve: async (estimatedTokens) => {
        // A call larger than the limit may have a whole window; it would otherwise wait for ever.
        const tokens = Math.min(estimatedTokens, tokensPerMinute);
        const reply = await reserve(keys, [...limits, tokens, ...spans]);
        const [retryAfterMs, slice] = v.parse(Reserved, reply);
        if (retryAfterMs > 0) throw new Fault("MODEL_RATE_LIMITED", { retryAfterMs });
        return {
          settle: (usedTokens) => {
            if (tokensPerMinute === 0 || usedTokens === tokens) return;
            // Lost, the estimate stands until it leaves the window.
            settle([tokensKey], [slice, usedTokens - tokens]).catch(() => undefined);
          },
        };
      },
    };
  };
}
