import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { Redis } from "ioredis";
import { Fault } from "#lib/error/fault.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import type { RateLimiter, Reservation } from "../models/model-guard.ts";
import { createModelRateLimiter } from "./model-rate-limiter.ts";

describe("the shared limiter", () => {
  const connections = [new Redis(serviceUrls.REDIS_URL), new Redis(serviceUrls.REDIS_URL)] as const;
  const [redis] = connections;
  let model: string;
  beforeEach(() => {
    model = `test-${crypto.randomUUID()}`;
  });
  afterAll(() => {
    for (const one of connections) one.disconnect();
  });

  function limiters(
    requestsPerMinute: number,
    tokensPerMinute: number,
    windowMs = 60_000,
  ): [RateLimiter, RateLimiter] {
    const limits = { requestsPerMinute, tokensPerMinute, windowMs };
    const [one, two] = connections.map((each) => createModelRateLimiter(each, limits)?.(model));
    if (!one || !two) throw new Error("no limiter");
    return [one, two];
  }
  const total = async (what: "requests" | "tokens") => {
    const counts = await redis.hvals(`model:limit:${model}:${what}`);
    return counts.reduce((sum, count) => sum + Number(count), 0);
  };
  const granted = (outcomes: PromiseSettledResult<Reservation>[]) =>
    outcomes.filter(({ status }) => status === "fulfilled");
  const refusal = async (work: Promise<unknown>): Promise<Fault> => {
    const error = await work.then(
      () => expect.unreachable("reserved"),
      (reason: unknown) => reason,
    );
    if (!(error instanceof Fault)) throw error;
    return error;
  };

  test("is never exceeded by reservations at once from two connections", async () => {
    const pair = limiters(25, 0);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 200 }, (_, n) => pair[n % 2 === 0 ? 0 : 1].reserve(1)),
    );
    expect(granted(outcomes)).toHaveLength(25);
    expect(await total("requests")).toBe(25);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect(outcome.reason.code).toBe("MODEL_RATE_LIMITED");
    }
  });

  test("counts tokens by estimate and corrects them by what was used", async () => {
    const [one, two] = limiters(0, 1_000);
    const first = await one.reserve(400);
    await two.reserve(400);
    await refusal(one.reserve(400));
    first.settle(100);
    await two.reserve(400);
    expect(await total("tokens")).toBe(900);
    first.settle(800);
    const { retryAfterMs } = await refusal(one.reserve(1));
    expect(retryAfterMs).toBeWithin(55_000, 61_001);
  });

  test("lets a call through that is larger than the whole limit, alone", async () => {
    const [one, two] = limiters(0, 1_000);
    await one.reserve(50_000);
    await refusal(two.reserve(1));
  });

  test("refuses without reserving anything of the other limit", async () => {
    const [one] = limiters(10, 100);
    await one.reserve(90);
    for (let i = 0; i < 5; i++) await refusal(one.reserve(50));
    expect([await total("requests"), await total("tokens")]).toEqual([1, 90]);
  });

  test("says how long to wait, which is enough and not a whole window", async () => {
    const windowMs = 1_000;
    const [one] = limiters(2, 0, windowMs);
    const sentAt = performance.now();
    await one.reserve(1);
    const reservedAt = performance.now();
    await Bun.sleep(300);
    await one.reserve(1);
    const askedAt = performance.now();
    const { retryAfterMs = 0 } = await refusal(one.reserve(1));
    // Until a window has passed since the first, however slow this machine is.
    const [soonest, latest] = [sentAt - performance.now(), reservedAt - askedAt];
    expect(retryAfterMs).toBeWithin(windowMs + soonest - 50, windowMs + latest + 50);
    await Bun.sleep(retryAfterMs);
    await one.reserve(1);
    await refusal(one.reserve(1));
  });

  test("allows no double burst on either side of a full window", async () => {
    const windowMs = 500;
    const [one] = limiters(10, 0, windowMs);
    const times: number[] = [];
    const endsAt = performance.now() + 3 * windowMs;
    while (performance.now() < endsAt) {
      const sentAt = performance.now();
      if (granted(await Promise.allSettled([one.reserve(1)])).length > 0) times.push(sentAt);
      else await Bun.sleep(3);
    }
    expect(times.length).toBeGreaterThanOrEqual(20);
    for (const [n, at] of times.entries()) {
      const tenth = times[n + 10];
      if (tenth !== undefined) expect(tenth - at).toBeGreaterThanOrEqual(windowMs - 10);
    }
  });

  test("leaves nothing behind that does not go away by itself", async () => {
    const [one] = limiters(5, 500);
    const reservation = await one.reserve(10);
    await redis.del(`model:limit:${model}:tokens`);
    reservation.settle(5);
    // Sent behind it on the same connection.
    expect(await redis.exists(`model:limit:${model}:tokens`)).toBe(0);
    await one.reserve(10);
    const keys = await redis.keys(`model:limit:${model}:*`);
    expect(keys).toHaveLength(2);
    for (const key of keys) expect(await redis.pttl(key)).toBeWithin(59_000, 63_000);
  });

  test("is not asked at all when both limits are off", () => {
    const off = { requestsPerMinute: 0, tokensPerMinute: 0 };
    expect(createModelRateLimiter(redis, off)).toBeUndefined();
  });
});
