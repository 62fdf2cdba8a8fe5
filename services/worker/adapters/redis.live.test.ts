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

const petty = { code: "char-petty", jobId: "job-1" };

describe("reserving a character", () => {
  test("has exactly one holder, whom everybody is told of, and is kept for a while only", async () => {
    const { reserve } = createReservations(redis);
    const userId = newUser();
    const jobs = Array.from({ length: 40 }, () => Bun.randomUUIDv7());
    const ask = (jobId: string) => reserve({ ...petty, userId, jobId }, []);
    const holders = await Promise.all(jobs.map(ask));
    expect(new Set(holders).size).toBe(1);
    expect(jobs).toContain(holders[0] ?? "");
    expect(await ask(holders[0] ?? "")).toBe(holders[0] ?? "");
    const ttlS = await redis.ttl(`character:reservation:${userId}:char-petty`);
    expect(ttlS).toBeGreaterThan(60);
    expect(ttlS).toBeLessThanOrEqual(3_600);
  });

  test("of another character, or by another user, is another reservation", async () => {
    const { reserve } = createReservations(redis);
    const userId = newUser();
    await reserve({ ...petty, userId }, []);
    expect(await reserve({ userId, code: "char-bini", jobId: "job-2" }, [])).toBe("job-2");
    expect(await reserve({ ...petty, userId: newUser(), jobId: "job-3" }, [])).toBe("job-3");
  });
});

describe("reserving a character with its photo", () => {
  const photo = "1b8610ea59d0cf80";
  const alike = "1b8610ea59d0cf81";
  const other = "abebf831c1cd1002";
  const bini = { code: "char-bini", jobId: "job-2" };

  test("of many characters at once exactly one has the photo, and it has it again", async () => {
    const { reserve } = createReservations(redis);
    const userId = newUser();
    const jobs = Array.from({ length: 12 }, (_, i) => `job-${i}`);
    const ask = (jobId: string, one: string) =>
      reserve({ userId, code: `char-of-${jobId}`, jobId, photo: one }, []);
    const held = await Promise.all(jobs.map((job, i) => ask(job, i % 2 ? alike : photo)));
    const [winner = "", ...more] = held.filter((one) => one !== undefined);
    expect([jobs.indexOf(winner), more]).toEqual([held.indexOf(winner), []]);
    expect(await ask(winner, alike)).toBe(winner);
    expect(await ask("job-late", photo)).toBeUndefined();
    expect(await redis.exists(`character:reservation:${userId}:char-of-job-late`)).toBe(0);
    expect(await redis.ttl(`character:photos:${userId}`)).toBeWithin(60, 3_601);
  });

  test("that looks different, or of another user, is another claim", async () => {
    const { reserve } = createReservations(redis);
    const userId = newUser();
    expect(await reserve({ ...petty, userId, photo }, [])).toBe("job-1");
    expect(await reserve({ ...bini, userId, photo: other }, [])).toBe("job-2");
    expect(await reserve({ ...bini, userId: newUser(), photo }, [])).toBe("job-2");
  });

  test("that has earned another character before is refused, the same character's is not", async () => {
    const { reserve } = createReservations(redis);
    const owned = [
      { ...petty, photo },
      { code: "char-eco", jobId: null, photo: null },
    ];
    expect(await reserve({ ...bini, userId: newUser(), photo: alike }, owned)).toBeUndefined();
    expect(await reserve({ ...petty, userId: newUser(), photo: alike }, owned)).toBe("job-1");
  });
});
