import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Redis } from "ioredis";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { connectRedis } from "./client.ts";
import { createWindowCounter } from "./window-counter.ts";

describe("counting a minute", () => {
  let redis: Redis;
  beforeAll(async () => {
    redis = await connectRedis(serviceUrls.REDIS_URL, silentLog);
  });
  afterAll(() => redis.disconnect());

  const minute = Math.floor(Math.random() * 1e9) * 60_000;
  const limit = (name: string, max: number) => ({
    key: (window: number) => `test:window:${window}:${name}`,
    max,
  });

  test("is against all limits or none, and names the first that is used up", async () => {
    const count = createWindowCounter(redis, { now: () => minute + 59_500 });
    const [own, shared] = [crypto.randomUUID(), crypto.randomUUID()];
    const both = [limit(own, 2), limit(shared, 3)];
    expect(await count(both)).toEqual({ exhausted: undefined, used: [1, 1], resetS: 1 });
    expect(await count(both)).toMatchObject({ exhausted: undefined, used: [2, 2] });
    expect(await count(both)).toMatchObject({ exhausted: 0, used: [2, 2] });
    const other = [limit(crypto.randomUUID(), 2), limit(shared, 3)];
    expect(await count(other)).toMatchObject({ exhausted: undefined, used: [1, 3] });
    expect(await count(other)).toMatchObject({ exhausted: 1, used: [1, 3] });
  });

  test("begins anew with the next window, and what it counted is forgotten within a minute", async () => {
    let now = minute;
    const count = createWindowCounter(redis, { now: () => now });
    const one = limit(crypto.randomUUID(), 1);
    expect(await count([one])).toEqual({ exhausted: undefined, used: [1], resetS: 60 });
    expect(await redis.ttl(one.key(minute / 60_000))).toBeWithin(55, 61);
    expect((await count([one])).exhausted).toBe(0);
    now += 60_000;
    expect(await count([one])).toMatchObject({ exhausted: undefined, used: [1] });
  });

  test("leaves out what has no limit", async () => {
    const count = createWindowCounter(redis, { now: () => minute });
    const [free, bound] = [limit(crypto.randomUUID(), 0), limit(crypto.randomUUID(), 1)];
    expect((await count([free, bound])).exhausted).toBeUndefined();
    expect((await count([free, bound])).exhausted).toBe(1);
    expect(await redis.exists(free.key(minute / 60_000))).toBe(0);
    expect(await count([free])).toEqual({ exhausted: undefined, used: [0], resetS: 60 });
  });
});
