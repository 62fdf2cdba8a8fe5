import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Redis } from "ioredis";
import { type StreamEntry, writePublication } from "#lib/contract/publication.ts";
import { connectRedis } from "#lib/redis/client.ts";
import { type StageUpdate, scanEvent } from "#lib/scan/scan-event.ts";
import { createEventLog } from "#lib/scan-store/emit-events.ts";
import { readReplay } from "#lib/scan-store/read-scan.ts";
import { scanKeys, shardOf } from "#lib/scan-store/scan-keys.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";
import { Hub } from "../hub.ts";
import { Stream, toFrame } from "../stream.ts";
import { scanFeed } from "./feeds.ts";
import { PublishedEvents } from "./published-events.ts";

const steps: StageUpdate[] = [
  { stage: "queued", status: "started" },
  { stage: "vision", status: "started" },
  { stage: "vision", status: "completed" },
  { stage: "rule", status: "started" },
];

describe("events that a router publishes", () => {
  let redis: Redis;
  let pubsub: Redis;
  let hub: Hub;
  let source: PublishedEvents;
  /** A name of its own: no router, and no other test, writes to it. */
  let jobId: string;
  let channel: string;
  let stream: string;
  let client: Stream;
  let seqs: number[];

  beforeAll(async () => {
    redis = await connect();
  });
  afterAll(() => redis.disconnect());
  beforeEach(() => begin(60_000));
  afterEach(() => source.stop());

  const connect = () => connectRedis(serviceUrls.REDIS_URL, silentLog);
  async function begin(silenceMs: number): Promise<void> {
    jobId = Bun.randomUUIDv7();
    channel = `sse:events:${shardOf(jobId)}`;
    stream = scanKeys.events(shardOf(jobId));
    hub = new Hub();
    pubsub = await connect();
    const readFrames = async (id: string) => (await readReplay(redis, id)).map(toFrame);
    const feeds = [scanFeed(hub, readFrames, silentLog)];
    const deps = { redis, pubsub, feeds, observeLag: () => undefined, log: silentLog };
    source = new PublishedEvents({ ...deps, silenceMs });
    await source.start();
    seqs = [];
    const write = (bytes: Uint8Array) =>
      seqs.push(Number(new TextDecoder().decode(bytes).match(/^id: (\d+)/)?.[1])) > 0;
    client = new Stream(jobId, -1, { write, end: () => undefined });
    hub.add(client);
    await source.follow(stream);
    client.replay([]);
  }

  /** What happens, and its entries, which nobody has published yet. */
  async function emit(
    ...updates: StageUpdate[]
  ): Promise<{ entries: StreamEntry[]; after: string }> {
    const [before] = await redis.xrevrange(stream, "+", "-", "COUNT", 1);
    const events = updates.map((one) => scanEvent({ id: jobId, epoch: 0 }, one, Date.now()));
    await createEventLog(redis).emit("u", events);
    const entries = await redis.xrange(stream, before ? `(${before[0]}` : "-", "+");
    return { entries, after: before?.[0] ?? "" };
  }
  const publish = (one: { after: string; entries: readonly StreamEntry[] }) =>
    redis.publish(channel, writePublication(one));
  const subscribers = async () => Number((await redis.pubsub("NUMSUB", channel))[1]);

  test("of which one was lost are read from the logs before newer ones are sent", async () => {
    await publish(await emit(...steps.slice(0, 1)));
    await until(() => seqs.length === 1);
    await emit(...steps.slice(1, 3));
    await publish(await emit(...steps.slice(3)));
    await until(() => seqs.length === 4);
    expect(seqs).toEqual([0, 10, 11, 20]);
  });

  test("of which the last one was lost are found missing by the heartbeat", async () => {
    const { entries } = await emit(...steps);
    await publish({ after: entries.at(-1)?.[0] ?? "", entries: [] });
    await until(() => seqs.length === 4);
    expect(seqs).toEqual([0, 10, 11, 20]);
  });

  test("that come twice, or late, are sent once", async () => {
    const first = await emit(...steps.slice(0, 2));
    const second = await emit(...steps.slice(2));
    for (const one of [first, first, second, first, second]) await publish(one);
    // Of a router that was paused, and has read both.
    await publish({ after: first.after, entries: [...first.entries, ...second.entries] });
    const { entries } = await emit({ stage: "rule", status: "completed" });
    await publish({ after: second.entries.at(-1)?.[0] ?? "", entries });
    await until(() => seqs.includes(21));
    expect(seqs).toEqual([0, 10, 11, 20, 21]);
  });

  test("by nobody are read from the logs when it was silent for too long", async () => {
    await source.stop();
    await begin(300);
    await emit(...steps);
    await until(() => seqs.length === 4);
    expect([seqs, source.isLive()]).toEqual([[0, 10, 11, 20], true]);
  });

  test("are subscribed to only while somebody follows the stream", async () => {
    await source.stop();
    await until(async () => (await subscribers()) === 0);
    await begin(300);
    expect(await subscribers()).toBe(1);
    hub.remove(client);
    await until(async () => (await subscribers()) === 0);
    hub.add(client);
    await source.follow(stream);
    expect(await subscribers()).toBe(1);
  });
});
