import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Redis } from "ioredis";
import { createHealthApp } from "#lib/http/health.ts";
import { hasRedisServer, type RedisServer, startRedisServer } from "#lib/testing/redis-server.ts";
import { createMemoryCheck, readMemory } from "./check-memory.ts";

/** Needs `redis-server`: a Redis that others use must keep its limit. */
describe.skipIf(!hasRedisServer)("the memory of Redis", () => {
  let server: RedisServer;
  let redis: Redis;
  beforeAll(async () => {
    server = await startRedisServer();
    redis = new Redis(server.url);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });
  /** Sets the limit so that this share of it is used. */
  async function limitTo(share: number): Promise<void> {
    const { usedBytes } = await readMemory(redis);
    await redis.config("SET", "maxmemory", String(Math.round(usedBytes / share)));
  }

  test("without a limit is never full", async () => {
    const memory = await readMemory(redis);
    expect(memory).toMatchObject({ maxBytes: 0, policy: "noeviction", isNearlyFull: false });
    expect(memory.usedBytes).toBeGreaterThan(0);
  });

  test("used to nine tenths refuses new scans and readiness, while writes still succeed", async () => {
    await limitTo(0.5);
    await createMemoryCheck(redis)();
    await limitTo(0.95);
    const check = createMemoryCheck(redis);
    await expect(check()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    const health = createHealthApp({ redis_memory: check }, () => false);
    const response = await health.request("/readyz");
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ checks: { redis_memory: false } });
    expect(await redis.set("of an accepted scan", "1")).toBe("OK");
  });

  test("is asked for once a second", async () => {
    const commands = async () => /^cmdstat_info:calls=(\d+)/m.exec(await server.admin.info("all"));
    const before = Number((await commands())?.[1]);
    const check = createMemoryCheck(redis);
    await Promise.allSettled(Array.from({ length: 100 }, check));
    // One of them is the look at the count.
    expect(Number((await commands())?.[1]) - before).toBeLessThanOrEqual(3);
  });
});
