import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Redis } from "ioredis";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { connectRedis } from "./client.ts";
import { script } from "./script.ts";

describe("script", () => {
  let redis: Redis;

  beforeAll(async () => {
    redis = await connectRedis(serviceUrls.REDIS_URL, silentLog);
  });
  afterAll(() => redis.disconnect());

  test("one that is new runs, though other commands gather already or are on their way", async () => {
    const lua = `return ARGV[1] -- ${crypto.randomUUID()}`;
    const sent = redis.get("none");
    await Bun.sleep(0);
    const gathered = redis.get("none");
    const runs = ["a", "b"].map((word) => script(redis, lua)([], [word]));
    expect(await Promise.all([sent, gathered])).toEqual([null, null]);
    expect(await Promise.all(runs)).toEqual(["a", "b"]);
  });

  test("it runs on a Redis that has forgotten it", async () => {
    const run = script(redis, "return KEYS[1] .. ARGV[1]");
    expect(await run(["key"], [1])).toBe("key1");
    await redis.script("FLUSH");
    expect(await run(["key"], [2])).toBe("key2");
  });

  test("what it says itself is not taken for a Redis that has forgotten it", async () => {
    const key = crypto.randomUUID();
    const lua = "redis.call('INCR', KEYS[1]) return redis.error_reply('WRONGTYPE NOSCRIPT')";
    const run = script(redis, lua);
    for (const _ of ["as text", "by its hash"])
      await expect(run([key], [])).rejects.toThrow("WRONGTYPE");
    expect(await redis.getdel(key)).toBe("2");
  });
});
