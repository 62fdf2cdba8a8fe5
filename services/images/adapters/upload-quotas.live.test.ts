import { afterAll, describe, expect, test } from "bun:test";
import { Redis } from "ioredis";
import { serviceUrls } from "#lib/testing/services.ts";
import { createUploadQuotas } from "./upload-quotas.ts";

describe("uploads a day", () => {
  const redis = new Redis(serviceUrls.REDIS_URL);
  afterAll(() => redis.disconnect());

  const dayMs = 24 * 3_600_000;
  const day = Math.floor(Math.random() * 1e6) * dayMs;
  const user = () => `user-${crypto.randomUUID()}`;

  test("are limited in number under any concurrency, whether used or not, until the day is over", async () => {
    let now = day + dayMs - 60_000;
    const admit = createUploadQuotas(redis, { now: () => now }, { uploads: 5, bytes: 0 });
    const id = user();
    const outcomes = await Promise.allSettled(Array.from({ length: 40 }, () => admit(id, 10)));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
    const refused = outcomes.find((one) => one.status === "rejected");
    expect(refused?.reason).toMatchObject({
      code: "TOO_MANY_UPLOADS",
      quota: { name: "uploads", limit: 5, remaining: 0, windowS: 86_400, resetS: 60 },
    });
    await admit(user(), 10);
    now += 60_000;
    expect((await admit(id, 10))[0]).toMatchObject({ remaining: 4, resetS: 86_400 });
  });

  test("are limited in bytes: one that is too large leaves room for a smaller one", async () => {
    const admit = createUploadQuotas(redis, { now: () => day }, { uploads: 9, bytes: 1_000 });
    const id = user();
    await admit(id, 700);
    await expect(admit(id, 301)).rejects.toMatchObject({
      code: "TOO_MANY_UPLOADS",
      quota: { name: "upload-bytes", limit: 1_000, remaining: 300 },
    });
    expect(await admit(id, 300)).toMatchObject([{ remaining: 7 }, { remaining: 0 }]);
  });

  test("leave nothing in Redis that outlives its day", async () => {
    const admit = createUploadQuotas(redis, { now: () => day }, { uploads: 9, bytes: 1_000 });
    const id = user();
    await admit(id, 700);
    const keys = await redis.keys(`images:*:${id}`);
    expect(keys).toHaveLength(2);
    for (const key of keys) expect(await redis.ttl(key)).toBeWithin(86_000, 86_401);
  });

  test("without limits cost Redis nothing", async () => {
    const admit = createUploadQuotas(redis, { now: () => day }, { uploads: 0, bytes: 0 });
    const id = user();
    await admit(id, 700);
    expect(await redis.keys(`images:*:${id}`)).toEqual([]);
  });
});
