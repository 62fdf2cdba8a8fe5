import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Redis } from "ioredis";
import { createLogger } from "#lib/log/logger.ts";
import { connectRedis } from "#lib/redis/client.ts";
import { type StageUpdate, scanEvent } from "#lib/scan/scan-event.ts";
import { createEventLog, type EventLog } from "#lib/scan-store/emit-events.ts";
import { readReplay } from "#lib/scan-store/read-scan.ts";
import { scanKeys, shardCount, shardOf } from "#lib/scan-store/scan-keys.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { startTcpProxy } from "#lib/testing/tcp-proxy.ts";
import { until } from "#lib/testing/until.ts";
import { Hub } from "../hub.ts";
import type { Feed } from "../live-source.ts";
import { Stream, toFrame } from "../stream.ts";
import { scanFeed } from "./feeds.ts";
import { ShardTailer } from "./shard-tailer.ts";

const queued: StageUpdate = { stage: "queued", status: "started" };
const started: StageUpdate = { stage: "vision", status: "started" };
const completed: StageUpdate = { stage: "vision", status: "completed" };

describe("a tailer", () => {
  /** For what the test does; the tailer has a connection of its own. */
  let redis: Redis;
  let eventLog: EventLog;
  let own: Redis;
  let hub: Hub;
  let feed: Feed;
  let tailer: ShardTailer;
  let resyncs: number;
  /** Runs before a resync; what it answers decides whether the resync is done. */
  let beforeResync: () => Promise<boolean>;

  beforeAll(async () => {
    redis = await connectRedis(serviceUrls.REDIS_URL, silentLog);
    eventLog = createEventLog(redis);
  });
  beforeEach(async () => {
    hub = new Hub();
    resyncs = 0;
    beforeResync = async () => true;
    own = await connectRedis(serviceUrls.REDIS_URL, silentLog);
    feed = { ...scanFeed(hub, readFrames, silentLog), resync };
    tailer = new ShardTailer({ redis: own, feeds: [feed], observeLag, log: silentLog });
  });
  afterEach(() => tailer.stop());
  afterAll(() => redis.disconnect());

  async function resync(): Promise<void> {
    resyncs++;
    if (!(await beforeResync())) return;
    await hub.resync(readFrames);
  }
  const readFrames = async (jobId: string) => (await readReplay(redis, jobId)).map(toFrame);
  const observeLag = () => undefined;
  const emit = (jobId: string, ...updates: StageUpdate[]) => {
    const events = updates.map((one) => scanEvent({ id: jobId, epoch: 0 }, one, Date.now()));
    return eventLog.emit("u", events);
  };
  /** A live client of a job, and the seqs it was sent. */
  function watch(jobId: string): number[] {
    const seqs: number[] = [];
    const write = (bytes: Uint8Array) =>
      seqs.push(Number(new TextDecoder().decode(bytes).match(/^id: (\d+)/)?.[1])) > 0;
    const stream = new Stream(jobId, -1, { write, end: () => undefined });
    stream.replay([]);
    hub.add(stream);
    return seqs;
  }
  /** Cuts the tailer's connection on the server's side. */
  const cut = async (connectionId: number) => redis.client("KILL", "ID", connectionId);

  test("sees the events of every shard, and only those after it started", async () => {
    const jobs = Array.from({ length: shardCount }, (_, shard) => jobOfShard(shard));
    for (const jobId of jobs) await emit(jobId, queued);
    const clients = jobs.map(watch);
    await tailer.start();
    for (const jobId of jobs) await emit(jobId, started, completed);
    await until(() => clients.every((seqs) => seqs.length === 2));
    expect(clients).toEqual(jobs.map(() => [10, 11]));
    expect([resyncs, tailer.isLive()]).toEqual([0, true]);
  });

  test("whose connection is cut goes on where it was, and misses nothing", async () => {
    const connectionId = await own.client("ID");
    await tailer.start();
    const jobId = jobOfShard(0);
    const seqs = watch(jobId);
    await emit(jobId, queued);
    await until(() => seqs.length === 1);
    await cut(connectionId);
    await emit(jobId, started);
    await until(() => seqs.length === 2);
    await emit(jobId, completed);
    await until(() => seqs.length === 3);
    expect(seqs).toEqual([0, 10, 11]);
  });

  test("whose Redis is away logs nothing besides what its connection does", async () => {
    const proxy = startTcpProxy(serviceUrls.REDIS_URL);
    const lines: string[] = [];
    const log = createLogger("test", "info", (line) => lines.push(JSON.parse(line).message));
    const away = await connectRedis(proxy.url, log);
    const lonely = new ShardTailer({ redis: away, feeds: [feed], observeLag, log });
    await lonely.start();
    let tries = 0;
    away.on("reconnecting", () => {
      tries++;
    });
    proxy.refuse();
    proxy.reset();
    // Longer than the tailer waits before it reads again.
    await until(() => tries >= 5);
    expect(lines).toEqual(["redis connection lost"]);
    proxy.heal();
    await until(() => away.status === "ready");
    expect(lines).toEqual(["redis connection lost", "redis connection restored"]);
    await lonely.stop();
    proxy.stop();
  }, 15_000);

  test("that comes back to streams that are gone sends what the replay logs hold", async () => {
    const connectionId = await own.client("ID");
    await tailer.start();
    const jobId = jobOfShard(1);
    const seqs = watch(jobId);
    await cut(connectionId);
    await emit(jobId, queued, started);
    await redis.del(...Array.from({ length: shardCount }, (_, shard) => scanKeys.events(shard)));
    await until(() => seqs.length === 2);
    await emit(jobId, completed);
    await until(() => seqs.length === 3);
    expect(seqs).toEqual([0, 10, 11]);
  });

  test("that a trim has overtaken sends what it missed from the replay logs", async () => {
    const connectionId = await own.client("ID");
    const paused = Promise.withResolvers<void>();
    // The first resync, after the cut, holds the tailer up and does nothing itself.
    beforeResync = async () => {
      if (resyncs > 1) return true;
      await paused.promise;
      return false;
    };
    await tailer.start();
    const jobId = jobOfShard(2);
    const seqs = watch(jobId);
    await cut(connectionId);
    await until(() => resyncs === 1);
    await emit(jobId, queued, started, completed);
    await flood(2, 1_200);
    await redis.xtrim(scanKeys.events(2), "MAXLEN", 1_100);
    paused.resolve();
    await until(() => seqs.length === 3);
    expect(seqs).toEqual([0, 10, 11]);
  });

  test("that is far behind, but not overtaken, catches up without a resync", async () => {
    const jobId = jobOfShard(3);
    const seqs = watch(jobId);
    // Of a stream that was empty at the start nobody can tell whether it was trimmed.
    await flood(3, 1);
    await tailer.start();
    await flood(3, 2_500);
    await emit(jobId, queued);
    await until(() => seqs.length === 1);
    expect(resyncs).toBe(0);
  });

  test("tries a failed resync again before it sends anything newer", async () => {
    const connectionId = await own.client("ID");
    beforeResync = async () => {
      if (resyncs === 1) throw new Error("Redis is away");
      return true;
    };
    await tailer.start();
    const jobId = jobOfShard(0);
    const seqs = watch(jobId);
    await cut(connectionId);
    await emit(jobId, queued, started);
    await until(() => seqs.length === 2);
    expect(resyncs).toBeGreaterThanOrEqual(2);
    expect(seqs).toEqual([0, 10]);
  });

  test("passes over an entry it cannot read", async () => {
    await tailer.start();
    const jobId = jobOfShard(0);
    const seqs = watch(jobId);
    await redis.xadd(scanKeys.events(0), "*", "job_id", jobId, "stage", "unheard of", "seq", "5");
    await emit(jobId, queued);
    await until(() => seqs.length === 1);
    expect(seqs).toEqual([0]);
  });

  test("stops at once while it waits for events", async () => {
    const connectionId = await own.client("ID");
    await tailer.start();
    await until(async () => {
      const clients = String(await redis.client("LIST")).split("\n");
      return clients.find((one) => one.startsWith(`id=${connectionId} `))?.includes("cmd=xread");
    });
    const startedAt = performance.now();
    await tailer.stop();
    expect(performance.now() - startedAt).toBeLessThan(300);
  });

  /** Entries of a job nobody watches. */
  async function flood(shard: number, entries: number): Promise<void> {
    const pipeline = redis.pipeline();
    for (let i = 0; i < entries; i++) pipeline.xadd(scanKeys.events(shard), "*", "job_id", "other");
    await pipeline.exec();
  }
});

function jobOfShard(shard: number): string {
  for (;;) {
    const jobId = Bun.randomUUIDv7();
    if (shardOf(jobId) === shard) return jobId;
  }
}
