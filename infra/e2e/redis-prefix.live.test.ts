import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { Redis } from "ioredis";
import { petAnswer } from "#lib/testing/pet-bottle.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";
import { runChecks } from "../../services/operator/main-checks.ts";
import { signIn } from "../harness/sign-in.ts";
import { type Harness, scan, startHarness, uploadPhoto } from "./harness.ts";

/** A Redis database of its own: every key in it is the test's. */
const REDIS_URL = Object.assign(new URL(serviceUrls.REDIS_URL), { pathname: "/13" }).href;
const REDIS_PREFIX = "eco2.test:";
const redis = new Redis(REDIS_URL);
let eco2: Harness;
beforeAll(async () => {
  await redis.flushdb();
  eco2 = await startHarness({ REDIS_URL, REDIS_PREFIX, VISION_CACHE_TTL: "60", MODEL_RPM: "1000" });
}, 60_000);
beforeEach(() => eco2.model.reset());
afterAll(async () => {
  await eco2?.stop();
  await redis.flushdb();
  redis.disconnect();
});

test("with a prefix everything works, and no key or channel is without it", async () => {
  const { id, api } = eco2.newUser();
  const { events } = await scan(api);
  expect(events.at(-1)).toMatchObject({ stage: "done", status: "completed" });

  eco2.model.next("answer", { ...petAnswer, delayMs: 20_000 });
  const arrival = eco2.model.arrival("answer");
  const job = await api.submit(await uploadPhoto(api), "다른 질문");
  await arrival;
  const headers = { "x-user-id": id };
  const cancel = { method: "DELETE", headers };
  expect((await fetch(`${eco2.origin}/api/v1/scan/${job.job_id}`, cancel)).status).toBe(202);
  await until(() => eco2.model.aborts.answer === 1);
  expect((await api.result(job.result_url)).error?.code).toBe("CANCELLED");
  await signIn(eco2.origin, `user-${crypto.randomUUID()}`);

  const keys = await redis.keys("*");
  expect(keys.filter((key) => !key.startsWith(REDIS_PREFIX))).toEqual([]);
  expect(new Set(keys.map((key) => key.split(":")[1])).size).toBeGreaterThan(2);
  expect(await redis.pubsub("CHANNELS", `${REDIS_PREFIX}*`)).toEqual([
    `${REDIS_PREFIX}scan:cancel`,
  ]);
}, 60_000);

test("doctor looks at the scans behind the prefix", async () => {
  const checks = await runChecks({
    ...serviceUrls,
    AMQP_TOPOLOGY: "declare",
    REDIS_URL,
    REDIS_PREFIX,
  });
  const found = checks.find(({ name }) => name === "results");
  expect(found).toMatchObject({
    state: "ok",
    detail: expect.stringMatching(/^[1-9]\d* finished scans/),
  });
});
