import type { Redis } from "ioredis";
import * as v from "valibot";
import { ScanEvent, type ScanState } from "#lib/contract/scan-event.ts";
import { type OwnedResult, StoredResult } from "#lib/contract/scan-result.ts";
import { redisCall } from "./client.ts";
import { scanKeys } from "./scan-keys.ts";

/** The job's owner and newest event; undefined when unknown or expired. */
export async function readState(redis: Redis, jobId: string): Promise<ScanState | undefined> {
  const hash = await redisCall(() => redis.hgetall(scanKeys.state(jobId)));
  const { user_id: userId, event } = hash;
  if (userId === undefined || event === undefined) return undefined;
  return { userId, latest: v.parse(ScanEvent, JSON.parse(event)) };
}

/** The cached result with its owner; undefined when not finished or no longer cached. */
export async function readCachedResult(
  redis: Redis,
  jobId: string,
): Promise<OwnedResult | undefined> {
  const text = await redisCall(() => redis.get(scanKeys.result(jobId)));
  if (text === null) return undefined;
  const { user_id: userId, ...result } = v.parse(CachedResult, JSON.parse(text));
  return { userId, result };
}

const CachedResult = v.object({ user_id: v.string(), ...StoredResult.entries });

/** What `readCachedResult` reads back; the owner travels with it. */
export function cachedResult(userId: string, result: StoredResult): string {
  return JSON.stringify({ user_id: userId, ...result });
}
