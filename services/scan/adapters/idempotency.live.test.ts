import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Redis } from "ioredis";
import type { Idempotency } from "#lib/contract/idempotency.ts";
import { connectRedis } from "#lib/redis/client.ts";
import { createIdempotency } from "#lib/scan-store/idempotency.ts";
import { scanKeys } from "#lib/scan-store/scan-keys.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { SubmitRequest } from "../scan.ts";

const request: SubmitRequest = { image_url: "https://cdn.example.com/a.jpg", user_input: "" };
const newId = () => Bun.randomUUIDv7();

let redis: Redis;
beforeAll(async () => {
  redis = await connectRedis(serviceUrls.REDIS_URL, silentLog);
});
afterAll(() => redis.disconnect());

describe("an idempotency key", () => {
  let keys: Idempotency<SubmitRequest>;
  let userId: string;
  let nowMs: number;
  beforeEach(() => {
    nowMs = 1_800_000_000_000;
    userId = `user-${crypto.randomUUID()}`;
    keys = createIdempotency(redis, { now: () => nowMs });
  });
  const claim = (jobId = newId(), body = request) => keys.claim(userId, "k", body, jobId);

  test("is claimed by exactly one of many at once", async () => {
    const claims = await Promise.all(Array.from({ length: 50 }, () => claim()));
    expect(claims.filter(({ kind }) => kind === "claimed")).toHaveLength(1);
    expect(claims.filter(({ kind }) => kind === "in_flight")).toHaveLength(49);
  });

  test("of another user is another key", async () => {
    const [mine, theirs] = [newId(), newId()];
    expect(await claim(mine)).toEqual({ kind: "claimed", jobId: mine });
    const other = `user-${crypto.randomUUID()}`;
    expect(await keys.claim(other, "k", request, theirs)).toEqual({
      kind: "claimed",
      jobId: theirs,
    });
  });

  test("is answered with the first job once confirmed, and expires within a day", async () => {
    const jobId = newId();
    await claim(jobId);
    await keys.confirm(userId, "k");
    expect(await claim()).toEqual({ kind: "answered", jobId });
    nowMs += 60_000;
    expect(await claim()).toEqual({ kind: "answered", jobId });
    const ttlS = await redis.ttl(scanKeys.idempotency(userId, "k"));
    expect(ttlS).toBeGreaterThan(24 * 3_600 - 60);
    expect(ttlS).toBeLessThanOrEqual(24 * 3_600);
  });

  test.each(Object.keys(SubmitRequest.entries))(
    "with another %s is a mismatch, in flight and answered alike",
    async (name) => {
      const other = { ...request, [name]: "another" };
      await claim();
      expect(await claim(newId(), other)).toEqual({ kind: "mismatch" });
      await keys.confirm(userId, "k");
      expect(await claim(newId(), other)).toEqual({ kind: "mismatch" });
    },
  );

  test("whose submit died is taken over after 30 s by exactly one, with the same job id", async () => {
    const jobId = newId();
    await claim(jobId);
    nowMs += 29_999;
    expect(await claim()).toEqual({ kind: "in_flight" });
    nowMs += 1;
    const claims = await Promise.all(Array.from({ length: 20 }, () => claim()));
    const won = claims.filter(({ kind }) => kind === "claimed");
    expect(won).toEqual([{ kind: "claimed", jobId }]);
    expect(claims.filter(({ kind }) => kind === "in_flight")).toHaveLength(19);
  });

  test("is free again once released", async () => {
    const first = newId();
    await claim(first);
    await keys.release(userId, "k", first);
    const jobId = newId();
    expect(await claim(jobId, { ...request, user_input: "?" })).toEqual({ kind: "claimed", jobId });
  });

  test("released by a takeover keeps its job id, which may be running, and is free at once", async () => {
    const jobId = newId();
    await claim(jobId);
    nowMs += 30_000;
    await claim();
    await keys.release(userId, "k", jobId);
    expect(await claim()).toEqual({ kind: "claimed", jobId });
  });

  test("released by a submit that was retracted keeps its job id, and is free at once", async () => {
    const jobId = newId();
    await claim(jobId);
    await redis.set(scanKeys.cancel(jobId), "retracted", "EX", 60);
    await keys.release(userId, "k", jobId);
    expect(await claim()).toEqual({ kind: "claimed", jobId });
  });

  test("that was forgotten meanwhile is not brought back by its confirm", async () => {
    await claim();
    await redis.del(scanKeys.idempotency(userId, "k"));
    await keys.confirm(userId, "k");
    expect(await redis.exists(scanKeys.idempotency(userId, "k"))).toBe(0);
  });
});
