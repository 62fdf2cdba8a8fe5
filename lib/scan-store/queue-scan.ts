import type { Redis } from "ioredis";
import { script } from "#lib/redis/script.ts";
import type { ScanEvent } from "#lib/scan/scan-event.ts";
import type { ScanMessage } from "#lib/scan/scan-message.ts";
import { EMIT_EVENTS, emitArguments, eventArguments, jobKeys } from "./emit-events.ts";
import { replayTtlS, retractedTtlS, scanKeys } from "./scan-keys.ts";

/**
 * Makes a job visible that is about to be published. One that was retracted is wanted again from here on.
 *
 * KEYS 4 cancel · 5 request; ARGV 7 the message · 8 its ttl s · 9… `queued started`
 * Returns 1 when a message of the job may be on its way already, then the ids of the events.
 */
const QUEUE = `${EMIT_EVENTS}
local retracted = redis.call('GET', KEYS[4]) == 'retracted'
if retracted then redis.call('DEL', KEYS[4]) end
local ids = emit(9)
if #ids > 0 then redis.call('SET', KEYS[5], ARGV[7], 'EX', ARGV[8]) end
return {(retracted or #ids == 0) and 1 or 0, unpack(ids)}
`;

/**
 * Takes a job back whose publish was not confirmed, unless a stage of it has begun: then its message has come.
 * One whose message may still come is marked, so that the worker that receives it drops it.
 *
 * KEYS 1 replay · 2 state · 3 stream · 4 cancel · 5 request
 * ARGV 1 seq of `queued started` · 2 ttl s of the mark, 0 for none · 3… ids
 * Returns 1 when a stage has begun.
 */
const RETRACT = `
if tonumber(redis.call('HGET', KEYS[2], 'seq') or '-1') > tonumber(ARGV[1]) then return 1 end
if ARGV[2] ~= '0' then redis.call('SET', KEYS[4], 'retracted', 'EX', ARGV[2]) end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[5])
if #ARGV > 2 then redis.call('XDEL', KEYS[3], unpack(ARGV, 3)) end
return 0
`;

/**
 * Takes back what `emitQueued` has made visible.
 *
 * @param mayCome true when the broker has neither confirmed nor refused the message
 * @returns false when a stage of the job has begun: its message has come, and the scan runs.
 */
export type Retract = (mayCome: boolean) => Promise<boolean>;

export function createQueueScan(
  redis: Redis,
): (message: ScanMessage, queued: ScanEvent) => Promise<Retract> {
  const queue = script(redis, "queueScan", QUEUE);
  const retract = script(redis, "retractScan", RETRACT);
  return async (message, queued) => {
    const { job_id: jobId, user_id: userId } = message;
    const keys = [...jobKeys(jobId), scanKeys.cancel(jobId), scanKeys.request(jobId)];
    const request = [JSON.stringify(message), replayTtlS];
    const event = eventArguments(queued);
    const reply = await queue(keys, [...emitArguments(userId, jobId), ...request, ...event]);
    const [isOnItsWay, ...ids] = Array.isArray(reply) ? reply.map(String) : [];
    return async (mayCome) => {
      const ttlS = mayCome || isOnItsWay === "1" ? retractedTtlS : 0;
      return (await retract(keys, [queued.seq, ttlS, ...ids])) === 0;
    };
  };
}
