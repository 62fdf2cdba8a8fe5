import type { Redis } from "ioredis";
import type { Clock } from "#lib/clock/clock.ts";
import { redisCall } from "./client.ts";

const windowS = 60;

/**
 * What is refused counts nowhere: one caller's flood must not use up what everybody shares.
 *
 * KEYS the counters · ARGV 1 ttl s, then each counter's limit (0 = off)
 * @returns the number of the counter that is used up or 0, then what each stands at
 */
const COUNT = `
local reply = {0}
for i, key in ipairs(KEYS) do
  local used, max = tonumber(redis.call('GET', key) or '0'), tonumber(ARGV[i + 1])
  if reply[1] == 0 and max > 0 and used >= max then reply[1] = i end
  reply[i + 1] = used
end
if reply[1] > 0 then return reply end
for i, key in ipairs(KEYS) do
  reply[i + 1] = reply[i + 1] + 1
  if tonumber(ARGV[i + 1]) > 0 then redis.call('SET', key, reply[i + 1], 'EX', ARGV[1]) end
end
return reply
`;

export interface WindowLimit {
  /** The counter's key in the window of this number. */
  readonly key: (window: number) => string;
  /** A window; 0 is no limit, and not counted. */
  readonly max: number;
}

export interface Counted {
  /** Which of the limits is used up, by its place; undefined when all of them counted. */
  readonly usedUp: number | undefined;
  /** What each counter stands at, this one included when it counted. */
  readonly used: readonly number[];
  /** Seconds until the window ends. */
  readonly resetS: number;
}

/**
 * Counts per minute in fixed windows, against all limits or, when one is used up, against none. At most
 * twice a limit comes through around the turn of a minute: that protects a budget at the least cost.
 *
 * The returned function throws Fault `UNAVAILABLE` while Redis is away.
 */
export function createWindowCounter(
  redis: Redis,
  clock: Clock,
): (limits: readonly WindowLimit[]) => Promise<Counted> {
  return async (limits) => {
    const nowS = clock.now() / 1_000;
    const window = Math.floor(nowS / windowS);
    const resetS = Math.ceil((window + 1) * windowS - nowS);
    if (limits.every(({ max }) => max === 0)) {
      return { usedUp: undefined, used: limits.map(() => 0), resetS };
    }
    const keys = limits.map(({ key }) => key(window));
    const maxima = limits.map(({ max }) => max);
    const reply = await redisCall(() =>
      redis.eval(COUNT, keys.length, ...keys, windowS, ...maxima),
    );
    const [refusedBy, ...used] = Array.isArray(reply) ? reply.map(Number) : [];
    if (refusedBy === undefined) throw new Error("unexpected reply of the counting script");
    return { usedUp: refusedBy === 0 ? undefined : refusedBy - 1, used, resetS };
  };
}
