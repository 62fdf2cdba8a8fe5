import type { Redis } from "ioredis";
import * as v from "valibot";
import { ScanEvent } from "#lib/contract/scan-event.ts";
import { redisCall } from "#lib/redis/client.ts";
import { scanKeys } from "#lib/redis/scan-keys.ts";
import { type Frame, toFrame } from "../stream.ts";

/** A job's replay log as frames, rising by seq. */
export async function readReplay(redis: Redis, jobId: string): Promise<readonly Frame[]> {
  const log = await redisCall(() => redis.hgetall(scanKeys.replay(jobId)));
  return Object.values(log)
    .map((json) => toFrame(v.parse(ScanEvent, JSON.parse(json)), json))
    .sort((a, b) => a.seq - b.seq);
}
