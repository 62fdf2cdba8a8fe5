import type { Redis } from "ioredis";
import { Fault } from "#lib/error/fault.ts";
import { script } from "#lib/redis/script.ts";
import { endSeqOf, epochOf } from "#lib/scan/epoch.ts";
import type { ScanEvent } from "#lib/scan/scan-event.ts";
import type { PaidStage } from "#lib/scan/scan-events.ts";
import { EMIT_EVENTS, emitArguments, eventArguments, jobKeys } from "./emit-events.ts";
import { scanKeys } from "./scan-keys.ts";

/**
 * Everything a stage asks before it pays a model, in one step.
 *
 * KEYS 4 cancel · 5 checkpoint; ARGV 7 seq that ends the epoch · 8… the event
 * Returns a word, and the checkpoint behind 'paid'.
 */
const BEGIN = `${EMIT_EVENTS}
if redis.call('GET', KEYS[4]) == 'cancelled' then return {'cancelled'} end
local checkpoint = redis.call('GET', KEYS[5])
if checkpoint then return {'paid', checkpoint} end
if head >= tonumber(ARGV[7]) then return {'over'} end
emit(8)
return {'begun'}
`;

/**
 * @returns the checkpoint as JSON, or what `ScanEvents.begin` says.
 * @throws Fault `CANCELLED`.
 */
export type BeginStage = (
  userId: string,
  started: ScanEvent & { readonly stage: PaidStage },
) => Promise<{ readonly checkpoint: string } | "over" | "begun">;

export function createBeginStage(redis: Redis): BeginStage {
  const begin = script(redis, "beginScanStage", BEGIN);
  return async (userId, started) => {
    const { job_id: jobId, stage, seq } = started;
    const endSeq = endSeqOf(epochOf(seq));
    const reply = await begin(
      [...jobKeys(jobId), scanKeys.cancel(jobId), scanKeys.checkpoint(jobId, stage)],
      [...emitArguments(userId, jobId), endSeq, ...eventArguments(started)],
    );
    const [word, checkpoint] = Array.isArray(reply) ? reply.map(String) : [];
    if (word === "cancelled") throw new Fault("CANCELLED");
    if (word === "paid" && checkpoint !== undefined) return { checkpoint };
    if (word === "over" || word === "begun") return word;
    throw new Error("unexpected reply of the begin script");
  };
}
