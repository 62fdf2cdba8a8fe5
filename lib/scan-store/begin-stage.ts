import type { Redis } from "ioredis";
import { Fault } from "#lib/error/fault.ts";
import { keyPrefixOf } from "#lib/redis/client.ts";
import { aliveKey } from "#lib/redis/process-lease.ts";
import { script } from "#lib/redis/script.ts";
import { endSeqOf, epochOf } from "#lib/scan/epoch.ts";
import type { ScanEvent } from "#lib/scan/scan-event.ts";
import type { PaidStage } from "#lib/scan/scan-events.ts";
import { emitEvents, eventArguments, jobKeys } from "./emit-events.ts";
import { scanKeys } from "./scan-keys.ts";
import { leaseField, leaseMs, type StageLeases } from "./stage-leases.ts";

/**
 * Everything a stage asks before it pays a model, in one step.
 *
 * KEYS 4 cancel · 5 checkpoint
 * ARGV 3 seq that ends the epoch · 4 holder, '' where it works on the stage already · 5 field of the lease ·
 *      6 prefix of the keys of living holders · 7… the event, whose ts is the time of the lease
 * Returns a word, and the checkpoint behind 'paid'.
 */
const BEGIN = `${emitEvents("ARGV[5]")}
local word, checkpoint = unpack(redis.call('MGET', KEYS[4], KEYS[5]))
if word == 'cancelled' then return {'cancelled'} end
if word == 'retracted' then return {'over'} end
if checkpoint then return {'paid', checkpoint} end
if head >= tonumber(ARGV[3]) then return {'over'} end
if ARGV[4] == '' then return {'busy'} end
local holder, since = string.match(state[4] or '', '^(%S+) (%d+)$')
if holder and holder ~= ARGV[4] and ARGV[10] - since < ${leaseMs}
  and redis.call('EXISTS', ARGV[6] .. holder) == 1 then return {'busy'} end
fields = {ARGV[5], ARGV[4] .. ' ' .. ARGV[10]}
if #emit(7) == 0 then redis.call('HSET', KEYS[2], unpack(fields)) end
return {'begun'}
`;

type Started = ScanEvent & { readonly stage: PaidStage };

/**
 * @returns the checkpoint as JSON, or what `ScanEvents.begin` says.
 * @throws Fault `CANCELLED`, or `UNAVAILABLE` while another delivery of the stage is worked on.
 */
export type BeginStage = (
  userId: string,
  started: Started,
) => Promise<{ readonly checkpoint: string } | "over" | "begun">;

export function createBeginStage(redis: Redis, leases: StageLeases): BeginStage {
  const begin = script(redis, BEGIN);
  const ask = async (userId: string, started: Started, holder: string) => {
    const { job_id: jobId, stage, seq } = started;
    const reply = await begin(
      [...jobKeys(jobId), scanKeys.cancel(jobId), scanKeys.checkpoint(jobId, stage)],
      [
        ...[userId, jobId, endSeqOf(epochOf(seq)), holder, leaseField(stage)],
        // The script names the key of whoever holds the lease.
        keyPrefixOf(redis) + aliveKey(""),
        ...eventArguments(started),
      ],
    );
    return Array.isArray(reply) ? reply.map(String) : [];
  };
  return async (userId, started) => {
    const { job_id: jobId, stage } = started;
    const isTaken = leases.take(jobId, stage);
    let word: string | undefined;
    let checkpoint: string | undefined;
    try {
      [word, checkpoint] = await ask(userId, started, isTaken ? leases.holder : "");
    } finally {
      if (isTaken && word !== "begun") leases.forget(jobId, stage);
    }
    if (word === "cancelled") throw new Fault("CANCELLED");
    if (word === "busy") throw busy();
    if (word === "paid" && checkpoint !== undefined) return { checkpoint };
    if (word === "over" || word === "begun") return word;
    throw new Error("unexpected reply of the begin script");
  };
}

/** Says nothing about the message, which is deferred until the other delivery has an output, or has failed. */
function busy(): Fault {
  const cause = new Error("another delivery of this stage is worked on");
  return new Fault("UNAVAILABLE", { cause, retryAfterMs: 1_000 });
}
