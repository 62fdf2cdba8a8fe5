import type { Redis } from "ioredis";
import { Counter, Histogram } from "prom-client";
import * as v from "valibot";
import { writePublication } from "#lib/contract/publication.ts";
import { ROUTED, routerGroup } from "#lib/fan-out/routed-streams.ts";
import { keyPrefixOf, redisCall } from "#lib/redis/client.ts";
import { script } from "#lib/redis/script.ts";
import { type EventRouterDeps, renewEveryMs } from "../event-router.ts";

/** A router that was not seen for so long is dead, and holds nothing. */
const leaseMs = 3 * renewEveryMs;
/** Of a read, and so of a publication. */
const entriesMax = 100;

const published = new Counter({
  name: "eco2_router_entries_total",
  help: "Entries of the event streams that were published to gateways",
});
const lag = new Histogram({
  name: "eco2_router_lag_seconds",
  help: "Age of the oldest entry of a publication, from Redis' clock to ours",
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60],
});

const routersKey = "sse:routers";
const leaseKey = (channel: string): string => `sse:lease:${channel}`;

/**
 * Each router holds its share of the streams, so that another one that starts takes work off the others.
 *
 * KEYS 1 routers, by when they are dead · 2… leases
 * ARGV 1 router · 2 ttl ms, 0 when it leaves
 * Returns which of the leases it has.
 */
const HOLD = `#!lua
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ttl = tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if ttl > 0 then
  redis.call('ZADD', KEYS[1], now + ttl, ARGV[1])
  redis.call('PEXPIRE', KEYS[1], ttl)
else
  redis.call('ZREM', KEYS[1], ARGV[1])
end
local share = ttl > 0 and math.ceil((#KEYS - 1) / redis.call('ZCARD', KEYS[1])) or 0
local held = {}
for i = 2, #KEYS do
  if redis.call('GET', KEYS[i]) == ARGV[1] then
    if #held < share then
      redis.call('PEXPIRE', KEYS[i], ttl)
      held[#held + 1] = i - 2
    else
      redis.call('DEL', KEYS[i])
    end
  end
end
for i = 2, #KEYS do
  if #held < share and redis.call('SET', KEYS[i], ARGV[1], 'NX', 'PX', ttl) then held[#held + 1] = i - 2 end
end
return held
`;

/**
 * Reads as the holder, in one step: a router that was paused must not take entries that the next holder does not
 * know of. Of whom it has claimed everything is forgotten: routers come and go.
 *
 * KEYS 1 stream · 2 lease · ARGV 1 router · 2 group · 3 entries at most · 4 where to claim from, '' to read on
 * Returns the id of the entry before the first one, or of the newest where there is none; where to go on claiming, ''
 * when done; the entries. Nothing when it does not hold the stream.
 */
const READ = `#!lua
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return {} end
local entries, cursor = {}, ''
if ARGV[4] == '' then
  local read = redis.call('XREADGROUP', 'GROUP', ARGV[2], ARGV[1], 'COUNT', ARGV[3], 'STREAMS', KEYS[1], '>')
  if read then entries = read[1][2] end
else
  local claimed = redis.call('XAUTOCLAIM', KEYS[1], ARGV[2], ARGV[1], 0, ARGV[4], 'COUNT', ARGV[3])
  cursor, entries = claimed[1], claimed[2]
  if cursor == '0-0' then
    cursor = ''
    for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[2])) do
      if consumer[2] ~= ARGV[1] and consumer[4] == 0 then
        redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[2], consumer[2])
      end
    end
  end
end
local before = redis.call('XREVRANGE', KEYS[1], entries[1] and '(' .. entries[1][1] or '+', '-', 'COUNT', 1)
return {before[1] and before[1][1] or '', cursor, entries}
`;

const ReadReply = v.union([
  v.tuple([v.string(), v.string(), v.array(v.tuple([v.string(), v.array(v.string())]))]),
  v.tuple([]),
]);

/** The event streams in one Redis, published through another. */
export function createRoutedStreams(redis: Redis, pubsub: Redis) {
  const router = crypto.randomUUID();
  const hold = script(redis, HOLD);
  const read = script(redis, READ);
  const leases = ROUTED.map(({ channel }) => leaseKey(channel));
  const channelOf = new Map(ROUTED.map(({ stream, channel }) => [stream, channel]));
  const holdFor = async (ttlMs: number): Promise<string[]> => {
    const held = v.parse(v.array(v.number()), await hold([routersKey, ...leases], [router, ttlMs]));
    return held.map((i) => ROUTED[i]?.stream ?? "");
  };
  const deps: EventRouterDeps = {
    hold: () => holdFor(leaseMs),
    read: async (stream, claimFrom = "") => {
      const keys = [stream, leaseKey(channelOf.get(stream) ?? "")];
      const args = [router, routerGroup, entriesMax, claimFrom];
      const reply = await read(keys, args).catch(async (error: unknown) => {
        if (!(error instanceof Error && error.message.startsWith("NOGROUP"))) throw error;
        await createGroup(redis, stream);
        return read(keys, args);
      });
      const [after, cursor, entries] = v.parse(ReadReply, reply);
      if (after === undefined || entries === undefined) return "lost";
      return { after, entries, claimNext: cursor || undefined };
    },
    publish: async (stream, publication) => {
      const channel = keyPrefixOf(redis) + channelOf.get(stream);
      await redisCall(() => pubsub.publish(channel, writePublication(publication)));
      const [oldest] = publication.entries;
      if (!oldest) return;
      published.inc(publication.entries.length);
      lag.observe(Math.max(0, Date.now() - Number.parseInt(oldest[0], 10)) / 1_000);
    },
    acknowledge: async (stream, ids) => {
      await redisCall(() => redis.xack(stream, routerGroup, ...ids));
    },
    now: () => performance.now(),
  };
  return { deps, leave: () => holdFor(0) };
}

/** From the newest entry on: gateways find by the first publication, or heartbeat, what they lack of those before. */
async function createGroup(redis: Redis, stream: string): Promise<void> {
  await redisCall(() => redis.xgroup("CREATE", stream, routerGroup, "$", "MKSTREAM")).catch(
    (error: unknown) => {
      if (!(error instanceof Error && error.message.startsWith("BUSYGROUP"))) throw error;
    },
  );
}
