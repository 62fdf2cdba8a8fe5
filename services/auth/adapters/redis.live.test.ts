import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Redis } from "ioredis";
import { connectRedis } from "#lib/redis/client.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { startTcpProxy } from "#lib/testing/tcp-proxy.ts";
import { until } from "#lib/testing/until.ts";
import { authKeys, createAttempts, createSignInLimits } from "./redis.ts";

let redis: Redis;
beforeAll(async () => {
  redis = await connectRedis(serviceUrls.REDIS_URL, silentLog);
});
afterAll(() => redis.disconnect());

const random = () => crypto.randomUUID();
const attempt = { provider: "dev", codeVerifier: "v", browser: "b", redirect: "/a?b#c" };

describe("a sign-in attempt", () => {
  test("is stored for ten minutes, and taken by one of any number", async () => {
    const state = random();
    const attempts = createAttempts(redis);
    await attempts.keep(state, attempt);
    expect(await redis.ttl(authKeys.state(state))).toBeWithin(595, 601);
    const taken = await Promise.all(Array.from({ length: 50 }, () => attempts.take(state)));
    expect(taken.filter((one) => one !== undefined)).toEqual([attempt]);
    expect(await redis.exists(authKeys.state(state))).toBe(0);
  });

  test("is unknown once it has expired, and when it never was", async () => {
    const state = random();
    const attempts = createAttempts(redis);
    await attempts.keep(state, attempt);
    // In the past: what happens at the end of its life, without waiting for it.
    await redis.expireat(authKeys.state(state), 1);
    expect([await attempts.take(state), await attempts.take(random())]).toEqual([
      undefined,
      undefined,
    ]);
  });
});

describe("sign-ins a minute", () => {
  const minute = Math.floor(Math.random() * 1e9) * 60_000;

  test("are limited per address and per user under any concurrency, until the minute is over", async () => {
    let now = minute + 15_000;
    const admission = createSignInLimits(redis, { now: () => now }, { perAddress: 5, perUser: 3 });
    const [address, id] = [random(), random()];
    for (const [admit, max] of [
      [() => admission.admitBegin(address), 5],
      [() => admission.admitFinish(address), 5],
      [() => admission.admitUser("dev", id), 3],
    ] as const) {
      const outcomes = await Promise.allSettled(Array.from({ length: 20 }, admit));
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(max);
      const refused = outcomes.find((one) => one.status === "rejected");
      expect(refused?.reason).toMatchObject({
        code: "TOO_MANY_SIGN_INS",
        retryAfterMs: 45_000,
        quota: { name: "sign-ins", limit: max, remaining: 0, resetS: 45 },
      });
    }
    await admission.admitBegin(random());
    await admission.admitUser("other", id);
    now += 60_000;
    await admission.admitBegin(address);
    await admission.admitUser("dev", id);
  });

  test("keep no identity in a key, and no key for longer than a minute", async () => {
    const window = minute / 60_000 + 7;
    const clock = { now: () => window * 60_000 };
    const admission = createSignInLimits(redis, clock, { perAddress: 5, perUser: 5 });
    await admission.admitUser("dev", "kim@example.com");
    const keys = await redis.keys(authKeys.signedIn(window, "*"));
    expect(keys).toHaveLength(1);
    expect(keys.join()).not.toContain("kim");
    expect(await redis.ttl(keys[0] ?? "")).toBeWithin(55, 61);
  });

  test("are not counted at a limit of 0", async () => {
    const admission = createSignInLimits(
      redis,
      { now: () => minute },
      { perAddress: 0, perUser: 0 },
    );
    const address = random();
    await admission.admitBegin(address);
    expect(await redis.exists(authKeys.begun(minute / 60_000, address))).toBe(0);
  });
});

test("with Redis away no sign-in begins, and none finishes", async () => {
  const proxy = startTcpProxy(serviceUrls.REDIS_URL);
  const cut = await connectRedis(proxy.url, silentLog);
  proxy.refuse();
  proxy.reset();
  await until(() => cut.status !== "ready");
  const limits = { perAddress: 5, perUser: 5 };
  const attempts = createAttempts(cut);
  const admission = createSignInLimits(cut, { now: () => 0 }, limits);
  const calls = [
    () => attempts.keep("s", attempt),
    () => attempts.take("s"),
    () => admission.admitBegin("a"),
    () => admission.admitFinish("a"),
    () => admission.admitUser("dev", "a"),
  ];
  for (const call of calls) await expect(call()).rejects.toThrow("UNAVAILABLE");
  cut.disconnect();
  proxy.stop();
});
