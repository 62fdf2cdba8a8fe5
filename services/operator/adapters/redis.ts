import type { Redis } from "ioredis";
import { keyPrefixOf, redisCall } from "#lib/redis/client.ts";
import { contentKeys, scanKeys } from "#lib/scan-store/scan-keys.ts";
import type { CheckResultsDeps, CheckScansEndDeps, SeenScan, SeenScans } from "../check-scans.ts";
import type { RedriveDeps } from "../settle-dead-letters.ts";

/** Bounds what one look costs; the states of an hour at five scans a second. */
const scansMax = 20_000;
/** The requests of a day that can be repeated have keys as well. */
const keysMax = 200_000;
const pageMax = 500;

export interface ScansInRedis
  extends Pick<CheckScansEndDeps, "readSeq">,
    Pick<CheckResultsDeps, "findCached">,
    Pick<RedriveDeps, "hasCheckpoint"> {
  readAll(now: number): Promise<SeenScans>;
  /** Bytes of all keys of a scan. */
  bytesOf(jobId: string): Promise<number>;
}

export function createScansInRedis(redis: Redis): ScansInRedis {
  return {
    readAll: (now) => readScans(redis, now),
    readSeq: async (jobId) => {
      const seq = await redisCall(() => redis.hget(scanKeys.state(jobId), "seq"));
      return seq === null ? undefined : Number(seq);
    },
    findCached: async (jobIds) => {
      const exist = await Promise.all(
        jobIds.map((jobId) => redisCall(() => redis.exists(scanKeys.result(jobId)))),
      );
      return new Set(jobIds.filter((_, i) => exist[i] === 1));
    },
    hasCheckpoint: async (jobId, stage) =>
      (await redisCall(() => redis.exists(scanKeys.checkpoint(jobId, stage)))) === 1,
    bytesOf: async (jobId) => {
      const keys = [...contentKeys(jobId), scanKeys.cancel(jobId)];
      const sizes = await Promise.all(
        keys.map((key) => redisCall(() => redis.memory("USAGE", key, "SAMPLES", 0))),
      );
      return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
    },
  };
}

async function readScans(redis: Redis, now: number): Promise<SeenScans> {
  const found = new Map<string, SeenScan>();
  const prefix = keyPrefixOf(redis);
  const wrongKeys: string[] = [];
  let cursor = "0";
  let seen = 0;
  do {
    const [next, listed] = await redisCall(() =>
      redis.scan(cursor, "MATCH", `${prefix}scan:*`, "COUNT", pageMax),
    );
    const keys = listed.map((key) => key.slice(prefix.length));
    const types = await Promise.all(keys.map((key) => redisCall(() => redis.type(key))));
    const isWrong = keys.map((key, i) => types[i] !== "none" && types[i] !== typeOf(key));
    wrongKeys.push(...keys.filter((_, i) => isWrong[i]));
    const states = keys.filter((key, i) => key.startsWith(scanKeys.state("")) && !isWrong[i]);
    const scans = await Promise.all(states.map((key) => readScan(redis, key, now)));
    for (const scan of scans) if (scan) found.set(scan.jobId, scan);
    cursor = next;
    seen += keys.length;
  } while (cursor !== "0" && found.size < scansMax && seen < keysMax);
  return { scans: [...found.values()], isAll: cursor === "0", wrongKeys };
}

/** What a key of a scan holds, by its name. */
function typeOf(key: string): string {
  const [, name] = key.split(":");
  if (name === "events") return "stream";
  return name === "state" || name === "replay" ? "hash" : "string";
}

async function readScan(redis: Redis, key: string, now: number): Promise<SeenScan | undefined> {
  const [stage, seq, ts] = await redisCall(() => redis.hmget(key, "stage", "seq", "ts"));
  // Expired since it was listed.
  if (!stage) return undefined;
  const jobId = key.slice(scanKeys.state("").length);
  return { jobId, seq: Number(seq), isOver: stage === "done", silentMs: now - Number(ts) };
}
