import type { Redis } from "ioredis";
import { Fault } from "#lib/error/fault.ts";
import { script } from "#lib/redis/script.ts";
import type { ScanEvent } from "#lib/scan/scan-event.ts";
import { ANNOUNCE, announceArguments, eventArguments, jobKeys } from "./emit-events.ts";
import { scanKeys } from "./scan-keys.ts";

/**
 * All that a stage asks before it pays a model, in one step.
 *
 * KEYS 4 cancel · 5 checkpoint; ARGV 5 seq that ends the epoch · 6… the event
 * Returns a word, and the checkpoint behind 'known'.
 */
const BEGIN = `${ANNOUNCE}
if redis.call('GET', KEYS[4]) == 'cancelled' then return {'cancelled'} end
local checkpoint = redis.call('GET', KEYS[5])
if checkpoint then return {'known', checkpoint} end
if head >= tonumber(ARGV[5]) then return {'over'} end
announce(6)
return {'begun'}
`;

/** What a stage finds: its own output of an earlier delivery as JSON, nothing left to do, or work. */
export type Begun = { readonly checkpoint: string } | "over" | "begun";

/**
 * Begins a stage: announces `started`, unless there is nothing to begin.
 *
 * @param endSeq from this seq on the job's epoch, or a newer one, has ended
 * @throws Fault `CANCELLED` when the user has cancelled the job.
 */
export type BeginStage = (
  userId: string,
  started: ScanEvent & { readonly stage: "vision" | "answer" },
  endSeq: number,
) => Promise<Begun>;

export function createBeginStage(redis: Redis): BeginStage {
  const begin = script(redis, "beginScanStage", BEGIN);
  return async (userId, started, endSeq) => {
    const { job_id: jobId, stage } = started;
    const reply = await begin(
      [...jobKeys(jobId), scanKeys.cancel(jobId), scanKeys.checkpoint(jobId, stage)],
      [...announceArguments(userId, jobId), endSeq, ...eventArguments(started)],
    );
    const [word, checkpoint] = Array.isArray(reply) ? reply.map(String) : [];
    if (word === "cancelled") throw new Fault("CANCELLED");
    if (word === "known" && checkpoint !== undefined) return { checkpoint };
    if (word === "over" || word === "begun") return word;
    throw new Error("unexpected reply of the begin script");
  };
}
