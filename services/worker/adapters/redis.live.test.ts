import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Redis } from "ioredis";
import { connectRedis } from "#lib/redis/client.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { createReservations } from "./redis.ts";

let redis: Redis;
beforeAll(async () => {
  redis = await connectRedis(serviceUrls.REDIS_URL, silentLog);
});
afterAll(() => redis.disconnect());

const newUser = () => `user-${crypto.randomUUID()}`;

describe("reserving a character", () => {
  test("has exactly one holder, whom everybody is told of, and is kept for a while only", async () => {
    const { reserve } = createReservations(redis);
    const user = newUser();
    const jobs = Array.from({ length: 40 }, () => Bun.randomUUIDv7());
    const holders = await Promise.all(jobs.map((job) => reserve(user, "char-petty", job)));
    expect(new Set(holders).size).toBe(1);
    expect(jobs).toContain(holders[0] ?? "");
    expect(await reserve(user, "char-petty", holders[0] ?? "")).toBe(holders[0] ?? "");
    const ttlS = await redis.ttl(`character:reservation:${user}:char-petty`);
    expect(ttlS).toBeGreaterThan(60);
    expect(ttlS).toBeLessThanOrEqual(3_600);
  });

  test("of another character, or by another user, is another reservation", async () => {
    const { reserve } = createReservations(redis);
    const [one, two] = [newUser(), newUser()];
    await reserve(one, "char-petty", "job-1");
    expect(await reserve(one, "char-bini", "job-2")).toBe("job-2");
    expect(await reserve(two, "char-petty", "job-3")).toBe("job-3");
  });
});
