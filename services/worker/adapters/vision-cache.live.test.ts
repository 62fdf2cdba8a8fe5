import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Redis } from "ioredis";
import type { ModelClassification } from "#lib/contract/classification.ts";
import { connectRedis } from "#lib/redis/client.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { failuresMax, leaseMs, type VisionCache } from "../models/single-flight-vision.ts";
import { createVisionCache } from "./vision-cache.ts";

const classification: ModelClassification = {
  classification: {
    major_category: "재활용폐기물",
    middle_category: "유리병",
    minor_category: "포도주병",
  },
  situation_tags: ["깨짐"],
  question: "유리병인가요?",
};

describe("the vision cache", () => {
  let redis: Redis;
  let cache: VisionCache;
  let key: string;
  beforeAll(async () => {
    redis = await connectRedis(serviceUrls.REDIS_URL, silentLog);
    cache = createVisionCache(redis, { ttlS: 100 });
  });
  beforeEach(() => {
    key = crypto.randomUUID();
  });
  afterAll(() => redis.disconnect());

  const acquire = async (token: string) => (await cache.acquire(key, token)).kind;

  test("gives one of many the lease", async () => {
    const kinds = await Promise.all(Array.from({ length: 50 }, (_, i) => acquire(`t${i}`)));
    expect(kinds.filter((kind) => kind === "acquired")).toHaveLength(1);
    expect(kinds.filter((kind) => kind === "pending")).toHaveLength(49);
  });

  test("keeps a classification for as long as is set, in less than 1 kB", async () => {
    await acquire("a");
    await cache.complete(key, "a", classification);
    expect(await cache.acquire(key, "b")).toEqual({ kind: "hit", classification });
    expect(await redis.ttl(`vision:cache:${key}`)).toBeWithin(95, 101);
    expect(await redis.keys(`vision:*:${key}`)).toEqual([`vision:cache:${key}`]);
    expect(await redis.memory("USAGE", `vision:cache:${key}`)).toBeLessThan(1_024);
  });

  test("gives the lease to the next when its holder dies: it expires", async () => {
    await acquire("a");
    expect(await redis.pttl(`vision:lease:${key}`)).toBeWithin(leaseMs - 500, leaseMs + 1);
    await redis.pexpire(`vision:lease:${key}`, 1);
    await Bun.sleep(5);
    expect(await acquire("b")).toBe("acquired");
  });

  test("renews a lease for its holder only", async () => {
    await acquire("a");
    await redis.pexpire(`vision:lease:${key}`, 1_000);
    await cache.renew(key, "b");
    expect(await redis.pttl(`vision:lease:${key}`)).toBeLessThanOrEqual(1_000);
    await cache.renew(key, "a");
    expect(await redis.pttl(`vision:lease:${key}`)).toBeGreaterThan(leaseMs - 500);
  });

  test("a holder whose lease has expired leaves that of the next holder alone", async () => {
    await redis.set(`vision:lease:${key}`, "b");
    await cache.release(key, "a", false);
    expect(await redis.get(`vision:lease:${key}`)).toBe("b");
    await cache.complete(key, "a", classification);
    expect(await redis.get(`vision:lease:${key}`)).toBe("b");
    expect(await acquire("c")).toBe("hit");
  });

  test("lets nobody wait after failures in a row, until a call succeeds", async () => {
    for (let i = 0; i < failuresMax; i++) {
      expect(await acquire("a")).toBe("acquired");
      expect(await acquire("b")).toBe("pending");
      await cache.release(key, "a", true);
    }
    expect([await acquire("a"), await acquire("b")]).toEqual(["acquired", "acquired"]);
    expect(await redis.ttl(`vision:failures:${key}`)).toBeWithin(1, 61);
    await cache.complete(key, "a", classification);
    expect(await redis.exists(`vision:failures:${key}`)).toBe(0);
  });

  test.each(['{"classification":{}}', "[]", '"x"'])(
    "drops a classification that cannot be read: %s",
    async (stale) => {
      await redis.set(`vision:cache:${key}`, stale);
      expect(await acquire("a")).toBe("pending");
      expect(await acquire("a")).toBe("acquired");
    },
  );
});
