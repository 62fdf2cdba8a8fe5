import type { Redis } from "ioredis";
import { Fault } from "#lib/error/fault.ts";
import { script } from "#lib/redis/script.ts";
import type { ScanEvent } from "#lib/scan/scan-event.ts";
import type { ScanMessage } from "#lib/scan/scan-message.ts";
import { sampledTraceparent } from "#lib/trace/span.ts";
import { emitEvents, eventArguments, jobKeys } from "./emit-events.ts";
import { createRetract, type Retract } from "./retract.ts";
import { inFlightTtlS, replayTtlS, scanKeys } from "./scan-keys.ts";

/**
 * Makes a job visible that is about to be published, unless its user has too many in flight. One that was retracted
 * is wanted again from here on.
 *
 * The jobs in flight are a set, not a number: a takeover counts once, and a job whose end was missed counts no
 * longer than a message may lie in a queue.
 *
 * KEYS 4 cancel · 5 request · 6 jobs in flight
 * ARGV 3 the message · 4 now ms · 5 jobs in flight at most, 0 for no limit ·
 *      6 traceparent that streams link to, '' for none · 7… `queued started`
 * Returns -1 when there are too many; 1 when a message of the job may be on its way already, else 0, then the ids of
 * the events.
 */
const QUEUE = `${emitEvents()}
redis.call('ZREMRANGEBYSCORE', KEYS[6], '-inf', ARGV[4])
local max = tonumber(ARGV[5])
if max > 0 and head < tonumber(ARGV[7]) and redis.call('ZCARD', KEYS[6]) >= max
  and not redis.call('ZSCORE', KEYS[6], ARGV[2]) then return {-1} end
local retracted = redis.call('GET', KEYS[4]) == 'retracted'
if retracted then redis.call('DEL', KEYS[4]) end
if ARGV[6] ~= '' then fields = {'traceparent', ARGV[6]} end
local ids = emit(7)
if #ids > 0 then
  redis.call('SET', KEYS[5], ARGV[3], 'EX', ${replayTtlS})
  redis.call('ZADD', KEYS[6], ARGV[4] + ${inFlightTtlS * 1_000}, ARGV[2])
  redis.call('EXPIRE', KEYS[6], ${inFlightTtlS})
end
return {(retracted or #ids == 0) and 1 or 0, unpack(ids)}
`;

/**
 * Takes a job back whose publish was not confirmed, unless a stage of it has begun: then its message has come.
 * One whose message may still come is marked, so that the worker that receives it drops it.
 *
 * KEYS 1 replay · 2 state · 3 stream · 4 cancel · 5 request · 6 jobs in flight
 * ARGV 1 seq of `queued started` · 2 ttl s of the mark, 0 for none · 3 the job · 4… ids
 * Returns 1 when a stage has begun.
 */
const RETRACT = `
if tonumber(redis.call('HGET', KEYS[2], 'seq') or '-1') > tonumber(ARGV[1]) then return 1 end
if ARGV[2] ~= '0' then redis.call('SET', KEYS[4], 'retracted', 'EX', ARGV[2]) end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[5])
redis.call('ZREM', KEYS[6], ARGV[3])
if #ARGV > 3 then redis.call('XDEL', KEYS[3], unpack(ARGV, 4)) end
return 0
`;

/** Nobody knows when one of them will end. */
const inFlightRetryS = 5;

/**
 * @param inFlightMax jobs that a user may have in flight; 0 is no limit
 * @returns throws Fault `TOO_MANY_SCANS_IN_FLIGHT`; then nothing has become visible.
 */
export function createQueueScan(
  redis: Redis,
  inFlightMax: number,
): (message: ScanMessage, queued: ScanEvent) => Promise<Retract> {
  const retractable = createRetract(redis);
  return async (message, queued) => {
    const { job_id: jobId, user_id: userId } = message;
    const { cancel, request, inFlight } = scanKeys;
    const keys = [...jobKeys(jobId), cancel(jobId), request(jobId), inFlight(userId)];
    const args = [
      ...[userId, jobId, JSON.stringify(message), queued.ts, inFlightMax],
      sampledTraceparent() ?? "",
      ...eventArguments(queued),
    ];
    const queue = (on: Redis) => script(on, QUEUE)(keys, args);
    const reply = await queue(redis);
    const [word, ...ids] = Array.isArray(reply) ? reply.map(String) : [];
    if (word === "-1") throw tooManyInFlight("TOO_MANY_SCANS_IN_FLIGHT", inFlightMax);
    return retractable(word === "1", {
      queue,
      retract: (on, markTtlS) => script(on, RETRACT)(keys, [queued.seq, markTtlS, jobId, ...ids]),
    });
  };
}

export function tooManyInFlight(
  code: "TOO_MANY_SCANS_IN_FLIGHT" | "TOO_MANY_CHATS_IN_FLIGHT",
  limit: number,
): Fault {
  return new Fault(code, {
    quota: { name: "in-flight", limit, remaining: 0, resetS: inFlightRetryS },
  });
}
