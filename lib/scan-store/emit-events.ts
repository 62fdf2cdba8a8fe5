import type { Redis } from "ioredis";
import { Fault } from "#lib/error/fault.ts";
import { script } from "#lib/redis/script.ts";
import { endSeqOf, epochSize } from "#lib/scan/epoch.ts";
import type { ScanEvent } from "#lib/scan/scan-event.ts";
import { replayTtlS, scanKeys, shardEntriesMax, shardOf } from "./scan-keys.ts";

/** An event that comes no later than this after the one before leaves the keys' time to live as it is. */
const renewAfterMs = 60_000;

/**
 * Emits the events in ARGV from `at` on: each seq, stage, status, ts, progress, result as JSON.
 * Which are accepted:
 *   - the first writer of a seq wins: a redelivered stage emits nothing twice;
 *   - seq only rises: a duplicate message that is late must not take a client back;
 *   - after a terminal event an epoch is closed: `done` is completed or failed, never both.
 *
 * The events in the replay log do not repeat what their key and their seq say (job id, stage, status,
 * progress), nor an empty result: that would be two thirds of a finished job's bytes. The last state is
 * written to a new hash: Redis does not make a hash compact again that has held a long value.
 *
 * A command of a script costs Redis as much as one by itself, so each step has as few as it can: what is read of the
 * state is read at once, and the keys live on from where they are new, from an event after a pause, and from the end.
 *
 * KEYS 1 replay · 2 state · 3 stream; ARGV 1 user_id · 2 job_id
 * Returns the stream ids of the accepted events. `fields` are written to the state with them.
 *
 * With `#!lua` as its first line a Redis without memory refuses the whole script. Else a repeated
 * `started`, which writes nothing, would succeed, and a model be paid for an output that cannot be saved.
 *
 * @param more fields of the state, in Lua, that the script reads as `state[4]` and so on
 */
export const emitEvents = (...more: readonly string[]): string => `#!lua
local state = redis.call('HMGET', KEYS[2], ${["'seq'", "'ts'", "'traceparent'", ...more].join()})
local head = tonumber(state[1] or '-1')
local fields = {}
local function epochOf(seq) return math.floor(seq / ${epochSize}) end
local function isTerminal(seq) return seq % ${epochSize} >= ${endSeqOf(0)} end
local function emit(at)
  local ids, log = {}, {}
  local latest = nil
  while at <= #ARGV do
    local seq = tonumber(ARGV[at])
    local closed = head >= 0 and isTerminal(head) and epochOf(head) == epochOf(seq)
    if seq > head and not closed then
      local stage, status, ts, progress, result = unpack(ARGV, at + 1, at + 5)
      log[#log + 1] = ARGV[at]
      log[#log + 1] = '{"ts":' .. ts .. (result == 'null' and '' or ',"result":' .. result) .. '}'
      ids[#ids + 1] = redis.call('XADD', KEYS[3], 'MAXLEN', '~', ${shardEntriesMax}, '*',
        'job_id', ARGV[2], 'stage', stage, 'status', status, 'seq', ARGV[at],
        'ts', ts, 'progress', progress, 'result', result)
      head = seq
      latest = at
    end
    at = at + 6
  end
  if latest then
    redis.call('HSET', KEYS[1], unpack(log))
    if isTerminal(head) then
      redis.call('DEL', KEYS[2])
      if state[3] then fields = {'traceparent', state[3]} end
    end
    redis.call('HSET', KEYS[2], 'user_id', ARGV[1], 'stage', ARGV[latest + 1],
      'status', ARGV[latest + 2], 'seq', head, 'ts', ARGV[latest + 3],
      'progress', ARGV[latest + 4], 'result', ARGV[latest + 5], unpack(fields))
    if isTerminal(head) or not state[2] or ARGV[latest + 3] - state[2] > ${renewAfterMs} then
      redis.call('EXPIRE', KEYS[1], ${replayTtlS})
      redis.call('EXPIRE', KEYS[2], ${replayTtlS})
    end
  end
  return ids
end
`;

/**
 * One script, so that replay log, state and stream change together or not at all, and so that what
 * an event announces (a checkpoint, the result) is readable before the event is. Of an epoch that a
 * redrive has left behind no event is accepted, and no key is set.
 *
 * KEYS  4 cancel · 5… keys to set
 * ARGV  3 1 when a cancelled job is refused · 4 number of keys to set,
 *       then per key: value, ttl s (0 deletes the key, -1 removes the value from the sorted set); then the events
 * Returns how many events were accepted, or 'cancelled'.
 */
const EMIT = `${emitEvents()}
if ARGV[3] == '1' and redis.call('GET', KEYS[4]) == 'cancelled' then return 'cancelled' end
local sets = tonumber(ARGV[4])
local at = 5
local first = tonumber(ARGV[at + 2 * sets] or head)
local stale = epochOf(head) > epochOf(first)
local deleted = {}
for i = 1, sets do
  if stale then
    -- An older epoch's result or checkpoint must not replace a newer one's.
  elseif ARGV[at + 1] == '0' then
    deleted[#deleted + 1] = KEYS[4 + i]
  elseif ARGV[at + 1] == '-1' then
    redis.call('ZREM', KEYS[4 + i], ARGV[at])
  else
    redis.call('SET', KEYS[4 + i], ARGV[at], 'EX', ARGV[at + 1])
  end
  at = at + 2
end
if #deleted > 0 then redis.call('DEL', unpack(deleted)) end
return #emit(at)
`;

/** A key that is set, or deleted, in the step of an event. */
export interface Setting {
  readonly key: string;
  readonly value: string;
  /** Seconds; 0 deletes the key, -1 removes `value` from the sorted set. */
  readonly ttlS: number;
}

/** Shard stream, replay log and state of the jobs: `createScanStore` decides what goes in. */
export interface EventLog {
  /**
   * Makes events of one job visible, in order.
   *
   * @param options `settings` are written first, in the same step; with `unlessCancelled` nothing is
   * done when the job was cancelled
   * @returns how many were accepted; fewer than `events` when some were there already.
   * @throws Fault `CANCELLED`.
   */
  emit(
    userId: string,
    events: readonly ScanEvent[],
    options?: { readonly settings?: readonly Setting[]; readonly unlessCancelled?: boolean },
  ): Promise<number>;
}

export function createEventLog(redis: Redis): EventLog {
  const emit = script(redis, EMIT);
  return {
    emit: async (userId, events, { settings = [], unlessCancelled = false } = {}) => {
      const jobId = events[0]?.job_id ?? "";
      const keys = [...jobKeys(jobId), scanKeys.cancel(jobId), ...settings.map(({ key }) => key)];
      const values = settings.flatMap(({ value, ttlS }) => [value, ttlS]);
      const accepted = await emit(keys, [
        userId,
        jobId,
        unlessCancelled ? 1 : 0,
        settings.length,
        ...values,
        ...events.flatMap(eventArguments),
      ]);
      if (accepted === "cancelled") throw new Fault("CANCELLED");
      return Number(accepted);
    },
  };
}

/** KEYS 1 to 3 of `emitEvents`. */
export function jobKeys(jobId: string): string[] {
  return [scanKeys.replay(jobId), scanKeys.state(jobId), scanKeys.events(shardOf(jobId))];
}

/** One event of `emitEvents`. */
export function eventArguments(event: ScanEvent): (string | number)[] {
  const { seq, stage, status, ts, progress, result } = event;
  return [seq, stage, status, ts, progress, JSON.stringify(result)];
}
