import type { Redis } from "ioredis";
import * as v from "valibot";
import { redisCall } from "#lib/redis/client.ts";
import { eventOfSeq, ScanEvent, type ScanState } from "#lib/scan/scan-event.ts";
import { ScanMessage } from "#lib/scan/scan-message.ts";
import type { OwnedResult } from "#lib/scan/scan-result.ts";
import { decompressResult } from "./compressed-result.ts";
import { scanKeys } from "./scan-keys.ts";

/** The job's owner and newest event; undefined when unknown or expired. */
export async function readState(redis: Redis, jobId: string): Promise<ScanState | undefined> {
  const hash = await redisCall(() => redis.hgetall(scanKeys.state(jobId)));
  const { user_id: userId, traceparent, ...fields } = hash;
  if (userId === undefined) return undefined;
  return { userId, latest: eventFromFields({ ...fields, job_id: jobId }), traceparent };
}

/** The job's replay log, rising by seq; empty when unknown or expired. */
export async function readReplay(redis: Redis, jobId: string): Promise<ScanEvent[]> {
  const log = await redisCall(() => redis.hgetall(scanKeys.replay(jobId)));
  return Object.entries(log)
    .map(([seq, json]) => eventOfSeq(jobId, Number(seq), v.parse(ReplayEntry, JSON.parse(json))))
    .sort((a, b) => a.seq - b.seq);
}

/** What the seq of an event does not say. Earlier releases wrote the whole event. */
const ReplayEntry = v.object({
  ts: ScanEvent.entries.ts,
  result: v.optional(ScanEvent.entries.result, null),
});

/** An event from the flat text fields of a shard stream or of a state. */
export function eventFromFields(fields: Readonly<Record<string, string>>): ScanEvent {
  return v.parse(ScanEvent, {
    ...fields,
    seq: Number(fields.seq),
    ts: Number(fields.ts),
    progress: Number(fields.progress),
    result: JSON.parse(fields.result ?? "null"),
  });
}

/** `[name, value, name, value, …]`, as a stream entry has it, as an object. */
export function toFields(flat: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (let i = 0; i + 1 < flat.length; i += 2) fields[flat[i] ?? ""] = flat[i + 1] ?? "";
  return fields;
}

/** The cached result with its owner; undefined when not finished, too long or no longer cached. */
export async function readCachedResult(
  redis: Redis,
  jobId: string,
): Promise<OwnedResult | undefined> {
  const text = await redisCall(() => redis.get(scanKeys.result(jobId)));
  return text === null ? undefined : decompressResult(text);
}

/** What was submitted; undefined when the scan has ended or was redriven, or after an hour. */
export async function readRequest(redis: Redis, jobId: string): Promise<ScanMessage | undefined> {
  const text = await redisCall(() => redis.get(scanKeys.request(jobId)));
  return text === null ? undefined : v.parse(ScanMessage, JSON.parse(text));
}

/** Those of the jobs that were cancelled, and not too late. */
export async function readCancelled(redis: Redis, jobIds: readonly string[]): Promise<string[]> {
  const words = await redisCall(() => redis.mget(jobIds.map(scanKeys.cancel)));
  return jobIds.filter((_, i) => words[i] === "cancelled");
}
