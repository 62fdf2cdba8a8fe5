import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Redis } from "ioredis";
import { type RedisPair, startRedisPair } from "#lib/testing/redis-pair.ts";
import { hasRedisServer } from "#lib/testing/redis-server.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";
import { connectRedis } from "./client.ts";
import { createReplicated, type Replicated } from "./replicated.ts";

const soon = () => performance.now() + 15_000;
const set = (redis: Redis) => redis.set("key", "1");

describe.skipIf(!hasRedisServer)("a write that must outlive its primary", () => {
  let pair: RedisPair;
  let redis: Redis;
  let replicated: Replicated;
  beforeEach(async () => {
    pair = await startRedisPair();
    redis = await connectRedis(pair.address.url, silentLog);
    replicated = createReplicated(redis);
  });
  afterEach(async () => {
    redis.disconnect();
    await pair.stop();
  });

  test("is done when a replica has it", async () => {
    expect(await replicated(set, soon())).toBe("OK");
    expect(await pair.replica.admin.get("key")).toBe("1");
  });

  test("is repeated at the new primary where the old one alone has it", async () => {
    pair.partReplica();
    const writing = replicated(set, soon());
    await until(() => pair.primary.admin.exists("key"));
    await pair.failOver();
    await writing;
    expect(await pair.replica.admin.get("key")).toBe("1");
  });

  test("waits for a Redis that is away", async () => {
    pair.address.refuse();
    const { accepted } = pair.address;
    const writing = replicated(set, soon());
    await until(() => pair.address.accepted > accepted);
    pair.address.heal();
    expect(await writing).toBe("OK");
  });

  test("holds up no command of others while it waits for a replica", async () => {
    pair.partReplica();
    const writing = replicated(set, soon());
    await until(() => pair.primary.admin.exists("key"));
    expect(await Promise.race([writing, redis.ping()])).toBe("PONG");
    await pair.failOver();
    await writing;
  });

  test("is UNAVAILABLE when its time ends first", async () => {
    pair.partReplica();
    const writing = replicated(set, performance.now() + 300);
    await expect(writing).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  test("of many at once has one connection, which ends with the last", async () => {
    const before = pair.address.accepted;
    await Promise.all(Array.from({ length: 50 }, () => replicated(set, soon())));
    expect(pair.address.accepted).toBe(before + 1);
    await until(async () => String(await pair.primary.admin.client("LIST")).split("\n").length < 6);
  });
});

test("a Redis without replicas has what it has replied to", async () => {
  const redis = await connectRedis(serviceUrls.REDIS_URL, silentLog);
  const key = `test:${crypto.randomUUID()}`;
  await createReplicated(redis)((own) => own.set(key, 1, "EX", 60), soon());
  expect(await redis.get(key)).toBe("1");
  redis.disconnect();
});
