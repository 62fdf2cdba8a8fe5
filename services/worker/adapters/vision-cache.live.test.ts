import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Redis } from "ioredis";
import type { ModelClassification } from "#lib/contract/classification.ts";
import { connectRedis } from "#lib/redis/client.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { failuresMax, leaseMs, type VisionShare } from "../models/share-vision.ts";
import { createVisionShare } from "./vision-cache.ts";

const answer: ModelClassification = {
  classification: {
    major_category: "재활용폐기물",
    middle_category: "유리병",
    minor_category: "포도주병",
  },
  situation_tags: ["깨짐"],
  question: "유리병인가요?",
};

describe("the shared looks at photos", () => {
  let redis: Redis;
  let share: VisionShare;
  let key: string;
  beforeAll(async () => {
    redis = await connectRedis(serviceUrls.REDIS_URL, silentLog);
    share = createVisionShare(redis, { ttlS: 100 });
  });
  beforeEach(() => {
    key = crypto.randomUUID();
  });
  afterAll(() => redis.disconnect());

  const begin = async (token: string) => (await share.begin(key, token)).kind;

  test("let one of many lead", async () => {
    const kinds = await Promise.all(Array.from({ length: 50 }, (_, i) => begin(`t${i}`)));
    expect(kinds.filter((kind) => kind === "lead")).toHaveLength(1);
    expect(kinds.filter((kind) => kind === "wait")).toHaveLength(49);
  });

  test("are known once settled, for as long as is set, and take less than 1 kB", async () => {
    await begin("a");
    await share.settle(key, "a", answer);
    expect(await share.begin(key, "b")).toEqual({ kind: "known", answer });
    expect(await redis.ttl(`vision:cache:${key}`)).toBeWithin(95, 101);
    expect(await redis.keys(`vision:*:${key}`)).toEqual([`vision:cache:${key}`]);
    expect(await redis.memory("USAGE", `vision:cache:${key}`)).toBeLessThan(1_024);
  });

  test("go to the next when the leader dies: its lease runs out", async () => {
    await begin("a");
    expect(await redis.pttl(`vision:lease:${key}`)).toBeWithin(leaseMs - 500, leaseMs + 1);
    await redis.pexpire(`vision:lease:${key}`, 1);
    await Bun.sleep(5);
    expect(await begin("b")).toBe("lead");
  });

  test("stay with the leader that renews, and only it can", async () => {
    await begin("a");
    await redis.pexpire(`vision:lease:${key}`, 1_000);
    await share.renew(key, "b");
    expect(await redis.pttl(`vision:lease:${key}`)).toBeLessThanOrEqual(1_000);
    await share.renew(key, "a");
    expect(await redis.pttl(`vision:lease:${key}`)).toBeGreaterThan(leaseMs - 500);
  });

  test("of an overtaken leader leave the lease of the one that overtook it", async () => {
    await redis.set(`vision:lease:${key}`, "b");
    await share.release(key, "a", false);
    expect(await redis.get(`vision:lease:${key}`)).toBe("b");
    await share.settle(key, "a", answer);
    expect(await redis.get(`vision:lease:${key}`)).toBe("b");
    expect(await begin("c")).toBe("known");
  });

  test("that fail again and again are no longer waited for, until one goes well", async () => {
    for (let i = 0; i < failuresMax; i++) {
      expect(await begin("a")).toBe("lead");
      expect(await begin("b")).toBe("wait");
      await share.release(key, "a", true);
    }
    expect([await begin("a"), await begin("b")]).toEqual(["lead", "lead"]);
    expect(await redis.ttl(`vision:failures:${key}`)).toBeWithin(1, 61);
    await share.settle(key, "a", answer);
    expect(await redis.exists(`vision:failures:${key}`)).toBe(0);
  });

  test.each(['{"classification":{}}', "[]", '"x"'])(
    "that cannot be read are looked at anew: %s",
    async (stale) => {
      await redis.set(`vision:cache:${key}`, stale);
      expect(await begin("a")).toBe("wait");
      expect(await begin("a")).toBe("lead");
    },
  );
});
