import type { ChannelModel } from "amqplib";
import { inArray } from "drizzle-orm";
import type { Redis } from "ioredis";
import { TASK_NAMES } from "#lib/contract/task.ts";
import type { Database } from "#lib/db/client.ts";
import { scans } from "#lib/db/schema.ts";
import { RETRY_DELAYS_MS } from "#lib/queue/topology.ts";
import { redisCall } from "#lib/redis/client.ts";
import { epochOf } from "#lib/scan/epoch.ts";
import { jobIdOf } from "#lib/scan/task-messages.ts";
import { contentKeys, scanKeys } from "#lib/scan-store/scan-keys.ts";
import { breach, type Finding, ok, some } from "./check.ts";
import { searchQueues } from "./search-queues.ts";

/** A scan as Redis knows it. */
export interface SeenScan {
  readonly jobId: string;
  readonly seq: number;
  readonly isOver: boolean;
  /** Milliseconds since its newest event. */
  readonly silentMs: number;
}

export interface SeenScans {
  readonly scans: readonly SeenScan[];
  /** False when there are more than `scansMax`. */
  readonly isAll: boolean;
}

/** Bounds what one look costs; the states of an hour at five scans a second. */
const scansMax = 20_000;
const pageMax = 500;
/**
 * A model stage is tried three times at 90 s with waits of 6 s, and says nothing between. In flight at a
 * worker a message is in no queue, so before this an unfinished scan is presumed to be worked on.
 */
export const silentMaxMs = 5 * 60_000;

export async function readScans(redis: Redis, now = Date.now()): Promise<SeenScans> {
  const found = new Map<string, SeenScan>();
  let cursor = "0";
  do {
    const [next, keys] = await redisCall(() =>
      redis.scan(cursor, "MATCH", scanKeys.state("*"), "COUNT", pageMax),
    );
    const seen = await Promise.all(keys.map((key) => readScan(redis, key, now)));
    for (const scan of seen) if (scan) found.set(scan.jobId, scan);
    cursor = next;
  } while (cursor !== "0" && found.size < scansMax);
  return { scans: [...found.values()], isAll: cursor === "0" };
}

async function readScan(redis: Redis, key: string, now: number): Promise<SeenScan | undefined> {
  const [stage, seq, ts] = await redisCall(() => redis.hmget(key, "stage", "seq", "ts"));
  // Expired since it was listed.
  if (!stage) return undefined;
  const jobId = key.slice(scanKeys.state("").length);
  return { jobId, seq: Number(seq), isOver: stage === "done", silentMs: now - Number(ts) };
}

/** Every 202 ends: a scan that is silent for long must at least have a message somewhere. */
export async function checkScansEnd(
  { broker, redis }: { broker: ChannelModel; redis: Redis },
  { scans: seen, isAll }: SeenScans,
): Promise<Finding> {
  const silent = seen.filter(({ isOver, silentMs }) => !isOver && silentMs > silentMaxMs);
  const running = seen.filter(({ isOver }) => !isOver).length;
  const total = `${seen.length}${isAll ? "" : "+"} scans, ${running} running`;
  if (silent.length === 0) return ok(`${total}, none silent for 5 min`);
  const { bodies, isAll: searchedAll } = await searchQueues(broker, scanQueues);
  const queued = new Set(bodies.map(jobIdOf));
  const lost: string[] = [];
  for (const { jobId, seq } of silent.filter((scan) => !queued.has(scan.jobId))) {
    // Its message may have moved from queue to queue while they were searched.
    const again = await readScan(redis, scanKeys.state(jobId), 0);
    if (again?.seq === seq) lost.push(jobId);
  }
  if (lost.length === 0) return ok(`${total}, ${silent.length} silent for 5 min wait in a queue`);
  const finding = `${lost.length} scans without an end or a message: ${some(lost)}`;
  return searchedAll
    ? breach(finding)
    : { state: "skipped", detail: `${finding}, but the queues are too long to search` };
}

const scanTasks = TASK_NAMES.filter((task) => task.startsWith("scan."));
const scanQueues = [
  ...scanTasks,
  ...Object.keys(RETRY_DELAYS_MS),
  ...scanTasks.map((task) => `dlq.${task}`),
];

/** Whoever saw `done` can read the result: from Redis, or from Postgres. */
export async function checkResults(
  { redis, database }: { redis: Redis; database: Database },
  { scans: seen }: SeenScans,
): Promise<Finding> {
  const over = seen.filter(({ isOver }) => isOver).map(({ jobId }) => jobId);
  const missing: string[] = [];
  for (let at = 0; at < over.length; at += pageMax) {
    const page = over.slice(at, at + pageMax);
    const cached = await Promise.all(
      page.map((jobId) => redisCall(() => redis.exists(scanKeys.result(jobId)))),
    );
    const uncached = page.filter((_, i) => cached[i] === 0);
    if (uncached.length === 0) continue;
    const rows = await database.call((db) =>
      db.select({ jobId: scans.jobId }).from(scans).where(inArray(scans.jobId, uncached)),
    );
    const stored = new Set(rows.map(({ jobId }) => jobId));
    missing.push(...uncached.filter((jobId) => !stored.has(jobId)));
  }
  return missing.length === 0
    ? ok(`${over.length} finished scans, every result readable`)
    : breach(`${missing.length} finished scans without a result: ${some(missing)}`);
}

const sampleMax = 50;
const scanBytesMax = 3 * 1_024;

/** What a finished scan leaves in Redis; every redrive adds the events of one more epoch. */
export async function checkRedisBytes(redis: Redis, { scans: seen }: SeenScans): Promise<Finding> {
  const sample = seen.filter(({ isOver, seq }) => isOver && epochOf(seq) === 0).slice(0, sampleMax);
  if (sample.length === 0) return ok("no finished scan to measure");
  const sizes = await Promise.all(sample.map(({ jobId }) => bytesOf(redis, jobId)));
  const [most, mean] = [
    Math.max(...sizes),
    sizes.reduce((sum, one) => sum + one, 0) / sizes.length,
  ];
  const measured = `${Math.round(mean)} bytes a finished scan, at most ${most} (${sizes.length} measured)`;
  return most <= scanBytesMax ? ok(measured) : breach(`${measured}; ${scanBytesMax} allowed`);
}

async function bytesOf(redis: Redis, jobId: string): Promise<number> {
  const keys = [...contentKeys(jobId), scanKeys.cancel(jobId)];
  const sizes = await Promise.all(
    keys.map((key) => redisCall(() => redis.memory("USAGE", key, "SAMPLES", 0))),
  );
  return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
}
