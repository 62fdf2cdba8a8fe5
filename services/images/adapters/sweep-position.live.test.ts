import { afterAll, expect, test } from "bun:test";
import { Redis } from "ioredis";
import { serviceUrls } from "#lib/testing/services.ts";
import { createSweepPosition } from "./sweep-position.ts";

const redis = new Redis(serviceUrls.REDIS_URL, { keyPrefix: `${crypto.randomUUID()}:` });
afterAll(() => redis.disconnect());

test("every process goes on where one came to; what nobody can read is no position", async () => {
  const position = createSweepPosition(redis);
  expect(await position.read()).toBeUndefined();
  const reached = { createdAt: "2026-11-29 10:00:00.123456+00", key: "scan.a.b" };
  await position.write(reached);
  expect(await createSweepPosition(redis).read()).toEqual(reached);
  await redis.set("images:sweep-position", "?");
  expect(await position.read()).toBeUndefined();
});
