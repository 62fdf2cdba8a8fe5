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
    const { reserve } = createReservations(redis, async () => []);
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
    const { reserve } = createReservations(redis, async () => []);
    const [one, two] = [newUser(), newUser()];
    await reserve(one, "char-petty", "job-1");
    expect(await reserve(one, "char-bini", "job-2")).toBe("job-2");
    expect(await reserve(two, "char-petty", "job-3")).toBe("job-3");
  });
});

describe("claiming a photo", () => {
  const photo = "1b8610ea59d0cf80";
  const alike = "1b8610ea59d0cf81";
  const other = "abebf831c1cd1002";

  test("of many characters at once exactly one has it, and it has it again", async () => {
    const { claimPhoto } = createReservations(redis, async () => []);
    const user = newUser();
    const codes = Array.from({ length: 12 }, (_, i) => `char-${i}`);
    const photos = [photo, alike];
    const won = await Promise.all(
      codes.map((code, i) => claimPhoto(user, code, photos[i % 2] ?? photo)),
    );
    expect(won.filter(Boolean)).toHaveLength(1);
    const winner = codes[won.indexOf(true)] ?? "";
    expect(await claimPhoto(user, winner, alike)).toBe(true);
    expect(await claimPhoto(user, "char-other", photo)).toBe(false);
    expect(await redis.ttl(`character:photos:${user}`)).toBeWithin(60, 3_601);
  });

  test("that looks different, or of another user, is another claim", async () => {
    const { claimPhoto } = createReservations(redis, async () => []);
    const user = newUser();
    expect(await claimPhoto(user, "char-petty", photo)).toBe(true);
    expect(await claimPhoto(user, "char-bini", other)).toBe(true);
    expect(await claimPhoto(newUser(), "char-bini", photo)).toBe(true);
  });

  test("that has earned another character before is refused, the same character's is not", async () => {
    const { claimPhoto } = createReservations(redis, async () => [{ code: "char-petty", photo }]);
    expect(await claimPhoto(newUser(), "char-bini", alike)).toBe(false);
    expect(await claimPhoto(newUser(), "char-petty", alike)).toBe(true);
  });
});
