import type { Redis } from "ioredis";
import type { Clock } from "#lib/clock/clock.ts";
import { script } from "./script.ts";

const minuteS = 60;

/**
 * A refused request counts nowhere: one caller's flood must not exhaust the limit all callers share.
 *
 * KEYS the counters · ARGV 1 ttl s, then each counter's limit (0 = off) and amount
 * @returns the number of the exhausted counter or 0, then the value of each
 */
const COUNT = `
local reply = {0}
for i, key in ipairs(KEYS) do
  local used, max = tonumber(redis.call('GET', key) or '0'), tonumber(ARGV[2 * i])
  if reply[1] == 0 and max > 0 and used + tonumber(ARGV[2 * i + 1]) > max then reply[1] = i end
  reply[i + 1] = used
end
if reply[1] > 0 then return reply end
for i, key in ipairs(KEYS) do
  reply[i + 1] = reply[i + 1] + tonumber(ARGV[2 * i + 1])
  if tonumber(ARGV[2 * i]) > 0 then redis.call('SET', key, reply[i + 1], 'EX', ARGV[1]) end
end
return reply
`;

export interface WindowLimit {
  /** The counter's key in the window of this number. */
  readonly key: (window: number) => string;
  /** A window; 0 is no limit, and not counted. */
  readonly max: number;
  /** What the request takes of it; 1 by default. */
  readonly amount?: number;
}

export interface Counted {
  /** Index of the exhausted limit; undefined when all of them counted. */
  readonly exhausted: number | undefined;
  /** The value of each counter, this request included when it counted. */
  readonly used: readonly number[];
  /** Seconds until the window ends. */
  readonly resetS: number;
}

/**
 * A fixed-window rate limiter: counts a request against all limits of the window or, when one has not enough
 * left, against none. Around the turn of a window at most twice a limit passes: that protects a budget at the
 * least cost.
 *
 * The returned function throws Fault `UNAVAILABLE` while Redis is away.
 */
export function createWindowCounter(
  redis: Redis,
  clock: Clock,
  { windowS = minuteS } = {},
): (limits: readonly WindowLimit[]) => Promise<Counted> {
  const count = script(redis, COUNT);
  return async (limits) => {
    const nowS = clock.now() / 1_000;
    const window = Math.floor(nowS / windowS);
    const resetS = Math.ceil((window + 1) * windowS - nowS);
    if (limits.every(({ max }) => max === 0)) {
      return { exhausted: undefined, used: limits.map(() => 0), resetS };
    }
    const keys = limits.map(({ key }) => key(window));
    const amounts = limits.flatMap(({ max, amount = 1 }) => [max, amount]);
    const reply = await count(keys, [windowS, ...amounts]);
    const [refusedBy, ...used] = Array.isArray(reply) ? reply.map(Number) : [];
    if (refusedBy === undefined) throw new Error("unexpected reply of the counting script");
    return { exhausted: refusedBy === 0 ? undefined : refusedBy - 1, used, resetS };
  };
}
