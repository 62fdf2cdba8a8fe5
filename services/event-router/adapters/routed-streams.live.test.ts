import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Redis } from "ioredis";
import { readPublication } from "#lib/contract/publication.ts";
import { ROUTED, routerGroup } from "#lib/fan-out/routed-streams.ts";
import { connectRedis } from "#lib/redis/client.ts";
import { scanKeys } from "#lib/scan-store/scan-keys.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";
import { EventRouter } from "../event-router.ts";
import { createRoutedStreams } from "./routed-streams.ts";

const [stream, channel] = [scanKeys.events(0), "sse:events:0"];

describe("event routers", () => {
  let redis: Redis;
  let gateway: Redis;
  /** Ids that were published on one channel. */
  let heard: string[];
  const leaves: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    [redis, gateway] = [await connect(), await connect()];
    await gateway.subscribe(channel);
    gateway.on("message", (_, text: string) => {
      heard.push(...readPublication(text).entries.map(([id]) => id));
    });
  });
  beforeEach(async () => {
    heard = [];
    await redis.del(...ROUTED.map((one) => one.stream));
  });
  afterEach(async () => {
    for (const leave of leaves.splice(0)) await leave();
  });
  afterAll(() => {
    for (const one of [redis, gateway]) one.disconnect();
  });

  const connect = () => connectRedis(serviceUrls.REDIS_URL, silentLog);
  const add = async () => String(await redis.xadd(stream, "*", "job_id", "a"));
  function start(publish = redis) {
    const streams = createRoutedStreams(redis, publish);
    leaves.push(streams.leave);
    let skippedMs = 0;
    const deps = { ...streams.deps, now: () => performance.now() + skippedMs };
    /** As after a second: it renews what it holds. */
    const turn = (router: EventRouter) => {
      skippedMs += 1_000;
      return router.runOnce();
    };
    const router = new EventRouter(deps);
    return { streams, router, turn: () => turn(router) };
  }
  const pending = async () => (await redis.xpending(stream, routerGroup))[0];

  test("share the streams, and one that leaves frees its own at once", async () => {
    const [one, two] = [start(), start()];
    await one.turn();
    expect(one.router.heldCount).toBe(5);
    await two.turn();
    await one.turn();
    await two.turn();
    expect([one.router.heldCount, two.router.heldCount]).toEqual([3, 2]);
    await one.streams.leave();
    await two.turn();
    expect(two.router.heldCount).toBe(5);
  });

  test("publish what a dead one has read, in order and before anything new", async () => {
    const dead = start();
    await dead.turn();
    const ids = [await add(), await add()];
    // Read, and died before it was published.
    expect(await dead.streams.deps.read(stream, undefined)).toMatchObject({
      entries: { length: 2 },
    });
    await dead.streams.leave();
    ids.push(await add());
    expect(await pending()).toBe(2);
    const next = start();
    await next.turn();
    await next.turn();
    await until(() => heard.length === 3);
    expect([heard, await pending()]).toEqual([ids, 0]);
    // Of the dead one nothing is left.
    expect(await redis.xinfo("CONSUMERS", stream, routerGroup)).toHaveLength(1);
  });

  test("that were paused read nothing of a stream that another one holds", async () => {
    const paused = start();
    await paused.turn();
    await paused.streams.leave();
    const next = start();
    await next.turn();
    const id = await add();
    expect(await paused.streams.deps.read(stream, undefined)).toBe("lost");
    expect(await paused.streams.deps.read(stream, "0-0")).toBe("lost");
    await next.turn();
    await until(() => heard.length === 1);
    expect(heard).toEqual([id]);
  });

  test("say that something is missing where a trim has overtaken them", async () => {
    const { router, turn, streams } = start();
    await turn();
    await add();
    await router.runOnce();
    for (let i = 0; i < 3; i++) await add();
    await redis.xtrim(stream, "MAXLEN", 1);
    expect(await streams.deps.read(stream, undefined)).toMatchObject({ after: "" });
  });

  test("go on after Redis has forgotten their group", async () => {
    const { turn } = start();
    await turn();
    await redis.del(stream);
    await turn();
    const id = await add();
    await turn();
    await until(() => heard.includes(id));
  });
});
