import type { Redis } from "ioredis";
import { Fault } from "#lib/error/fault.ts";
import { keyPrefixOf } from "#lib/redis/client.ts";
import { aliveKey } from "#lib/redis/process-lease.ts";
import { script } from "#lib/redis/script.ts";
import { endSeqOf, epochOf } from "#lib/scan/epoch.ts";
import type { ScanEvent } from "#lib/scan/scan-event.ts";
import type { PaidStage } from "#lib/scan/scan-events.ts";
import { EMIT_EVENTS, emitArguments, eventArguments, jobKeys } from "./emit-events.ts";
import { scanKeys } from "./scan-keys.ts";
import { leaseTtlS, type StageLeases } from "./stage-leases.ts";

/**
 * Everything a stage asks before it pays a model, in one step.
 *
 * KEYS 4 cancel · 5 checkpoint · 6 lease
 * ARGV 7 seq that ends the epoch · 8 holder, '' where it works on the stage already · 9 lease ttl s ·
 *      10 prefix of the keys of living holders · 11… the event
 * Returns a word, and the checkpoint behind 'paid'.
 */
const BEGIN = `${EMIT_EVENTS}
local word, checkpoint, holder = unpack(redis.call('MGET', KEYS[4], KEYS[5], KEYS[6]))
if word == 'cancelled' then return {'cancelled'} end
if word == 'retracted' then return {'over'} end
if checkpoint then return {'paid', checkpoint} end
if head >= tonumber(ARGV[7]) then return {'over'} end
if ARGV[8] == '' then return {'busy'} end
if holder and holder ~= ARGV[8] and redis.call('EXISTS', ARGV[10] .. holder) == 1 then
  return {'busy'}
end
redis.call('SET', KEYS[6], ARGV[8], 'EX', ARGV[9])
emit(11)
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
    const { cancel, checkpoint, lease } = scanKeys;
    const reply = await begin(
      [...jobKeys(jobId), cancel(jobId), checkpoint(jobId, stage), lease(jobId, stage)],
      [
        ...emitArguments(userId, jobId),
        endSeqOf(epochOf(seq)),
        // The script names the key of whoever holds the lease.
        ...[holder, leaseTtlS, keyPrefixOf(redis) + aliveKey("")],
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
