import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Redis } from "ioredis";
import type { ClassificationResult } from "#lib/contract/classification.ts";
import { connectRedis } from "#lib/redis/client.ts";
import { aliveKey } from "#lib/redis/process-lease.ts";
import type { ScanRun } from "#lib/scan/scan-message.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";
import { scanKeys } from "./scan-keys.ts";
import { createScanStore } from "./scan-store.ts";
import { leaseField, leaseMs, StageLeases } from "./stage-leases.ts";

const clock = { now: () => 1_800_000_000_000 };
const later = { now: () => clock.now() + leaseMs };
const vision: ClassificationResult = {
  classification: {
    major_category: "재활용폐기물",
    middle_category: "무색페트병",
    minor_category: "생수병",
  },
  situation_tags: [],
  meta: { user_input: "", model: "gpt-5.2", estimate: false },
};
const error = { code: "MODEL_REFUSED", message: "no" };
const failed = { status: "failed", vision, answer: null, reward: null, error } as const;
const completed = { stage: "vision", status: "completed" } as const;

let redis: Redis;
const stops: (() => Promise<void>)[] = [];
beforeAll(async () => {
  redis = await connectRedis(serviceUrls.REDIS_URL, silentLog);
});
afterAll(async () => {
  await Promise.all(stops.map((stop) => stop()));
  redis.disconnect();
});

/** A worker of its own, as far as leases go. */
async function newWorker(prefix = "", time = clock) {
  const own = await connectRedis(serviceUrls.REDIS_URL, silentLog, prefix);
  const store = createScanStore(own, time);
  const stop = await store.keepLeases();
  stops.push(() => stop().finally(() => own.disconnect()));
  return { ...store, stop };
}

const leaseOf = ({ message }: ScanRun) =>
  redis.hget(scanKeys.state(message.job_id), leaseField("vision"));

function newRun(): ScanRun {
  const message = {
    job_id: Bun.randomUUIDv7(),
    user_id: "u",
    image_url: "https://cdn.example.com/a.jpg",
    user_input: "",
    model: "gpt-5.2",
    submitted_at: 1,
  };
  return { message, epoch: 0 };
}

test.each([
  ["", "without a key prefix"],
  ["eco2.test:", "with one"],
])(
  "of many deliveries of one stage, in one worker or in two, one begins (%j: %s)",
  async (prefix) => {
    const [one, two] = [await newWorker(prefix), await newWorker(prefix)];
    const run = newRun();
    const begins = Array.from({ length: 20 }, (_, i) => (i % 2 ? one : two).begin(run, "vision"));
    const outcomes = await Promise.allSettled(begins);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect(outcome.reason.code).toBe("UNAVAILABLE");
    }
    expect(await one.begin(run, "answer")).toBe("begun");
  },
);

test("the others find its output, and its lease goes with the scan", async () => {
  const [one, two] = [await newWorker(), await newWorker()];
  const run = newRun();
  await one.begin(run, "vision");
  await one.emit(run, completed, { vision });
  for (const worker of [one, two]) {
    expect(await worker.begin(run, "vision")).toEqual({ output: vision });
  }
  await two.emitEnd(run, [{ stage: "done", status: "failed", result: error }], failed);
  expect(await leaseOf(run)).toBeNull();
});

test("a stage that has failed begins again at once, elsewhere as well", async () => {
  const [one, two] = [await newWorker(), await newWorker()];
  const run = newRun();
  await one.begin(run, "vision");
  await one.release(run, "vision");
  expect(await two.begin(run, "vision")).toBe("begun");
  // It is the other's by now.
  await one.release(run, "vision");
  await expect(one.begin(run, "vision")).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

test("a stage that has failed for good is held up to the end of its scan, and free in the next epoch", async () => {
  const [one, two] = [await newWorker(), await newWorker()];
  const run = newRun();
  await one.begin(run, "vision");
  await expect(two.begin(run, "vision")).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await one.emitEnd(run, [{ stage: "done", status: "failed", result: error }], failed);
  expect(await two.begin(run, "vision")).toBe("over");
  expect(await one.begin({ ...run, epoch: 1 }, "vision")).toBe("begun");
});

test("a worker that stops leaves its stages to others at once, one that dies within seconds", async () => {
  const [stopped, other] = [await newWorker(), await newWorker()];
  const run = newRun();
  await stopped.begin(run, "vision");
  await stopped.stop();
  expect(await other.begin(run, "vision")).toBe("begun");
  // Shows no longer that it lives, and has released nothing.
  const dead = createScanStore(redis, clock);
  const next = newRun();
  const stop = await dead.keepLeases();
  await dead.begin(next, "vision");
  await expect(other.begin(next, "vision")).rejects.toMatchObject({ code: "UNAVAILABLE" });
  const [holder = ""] = (await leaseOf(next))?.split(" ") ?? [];
  expect(await redis.pttl(aliveKey(holder))).toBeWithin(1, 5_001);
  await stop();
  await until(() => other.begin(next, "vision").then(() => true));
});

test("a stage whose worker lives and has forgotten it begins again when its lease has expired", async () => {
  const [one, two, last] = [await newWorker(), await newWorker(), await newWorker("", later)];
  const run = newRun();
  await one.begin(run, "vision");
  await expect(two.begin(run, "vision")).rejects.toMatchObject({ code: "UNAVAILABLE" });
  const forgotten = await leaseOf(run);
  expect(await last.begin(run, "vision")).toBe("begun");
  // Its `started` is no new event, and the lease is another's all the same.
  expect(await leaseOf(run)).not.toBe(forgotten);
});

test("a worker that has forgotten a stage itself begins it again when its lease has expired", () => {
  const leases = new StageLeases(redis);
  const take = (jobId: string, now: number) => leases.take(jobId, "vision", now);
  expect([take("one", 0), take("one", 0)]).toEqual([true, false]);
  expect([take("two", leaseMs - 1), take("one", leaseMs - 1)]).toEqual([true, false]);
  expect([take("one", leaseMs), take("two", leaseMs)]).toEqual([true, false]);
});
