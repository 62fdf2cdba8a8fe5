import type { Redis } from "ioredis";
import type { Clock } from "#lib/clock/clock.ts";
import { redisCall } from "#lib/redis/client.ts";
import type { AdmitDeps } from "../admit-submit.ts";

const windowS = 60;

/**
 * A refused submit counts nowhere: one caller's flood must not use up what everybody shares.
 *
 * KEYS 1 user counter, 2 global counter · ARGV 1 user limit, 2 global limit (0 = off), 3 ttl s
 */
const COUNT = `
local user = tonumber(redis.call('GET', KEYS[1]) or '0')
local all = tonumber(redis.call('GET', KEYS[2]) or '0')
local userMax, allMax = tonumber(ARGV[1]), tonumber(ARGV[2])
if userMax > 0 and user >= userMax then return {'user', user} end
if allMax > 0 and all >= allMax then return {'global', user} end
if userMax > 0 then redis.call('SET', KEYS[1], user + 1, 'EX', ARGV[3]) end
if allMax > 0 then redis.call('SET', KEYS[2], all + 1, 'EX', ARGV[3]) end
return {'', user + 1}
`;

export interface SubmitLimits {
  /** Submits a minute; 0 is no limit. */
  readonly perUser: number;
  readonly overall: number;
}

export function createSubmitCounter(
  redis: Redis,
  clock: Clock,
  { perUser, overall }: SubmitLimits,
): AdmitDeps["countSubmit"] {
  return async (userId) => {
    const nowS = clock.now() / 1_000;
    const window = Math.floor(nowS / windowS);
    const resetS = Math.ceil((window + 1) * windowS - nowS);
    const keys = [`scan:submits:${window}:${userId}`, `scan:submits:${window}`];
    const reply = await redisCall(() =>
      redis.eval(COUNT, keys.length, ...keys, perUser, overall, windowS),
    );
    const [scope, used] = Array.isArray(reply) ? reply : [];
    const remaining = Math.max(0, perUser - Number(used));
    const usedUp = scope === "user" || scope === "global" ? scope : undefined;
    return { scope: usedUp, limit: perUser, remaining, resetS };
  };
}
