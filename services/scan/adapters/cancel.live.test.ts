import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Redis } from "ioredis";
import { connectRedis } from "#lib/redis/client.ts";
import type { ScanMessage } from "#lib/scan/scan-message.ts";
import type { StoredResult } from "#lib/scan/scan-result.ts";
import { readCachedResult, readReplay, readState } from "#lib/scan-store/read-scan.ts";
import { cancelChannel, scanKeys } from "#lib/scan-store/scan-keys.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";
import { createCanceller } from "./cancel.ts";
import { createQueuedAnnouncer } from "./redis.ts";

const at = 1_800_000_000_000;
const cancelled: StoredResult = {
  status: "failed",
  vision: null,
  answer: null,
  reward: null,
  error: { code: "CANCELLED", message: "취소" },
};

describe("cancelling", () => {
  let redis: Redis;
  let message: ScanMessage;
  let jobId: string;
  beforeAll(async () => {
    redis = await connectRedis(serviceUrls.REDIS_URL, silentLog);
  });
  beforeEach(async () => {
    jobId = Bun.randomUUIDv7();
    message = {
      job_id: jobId,
      user_id: `user-${crypto.randomUUID()}`,
      image_url: "https://cdn.example.com/a.jpg",
      user_input: "",
      model: "local",
      submitted_at: at,
    };
    await createQueuedAnnouncer(redis, { now: () => at })(message);
  });
  afterAll(() => redis.disconnect());

  /** @param standing what the store answers with; the given result itself by default */
  const canceller = (standing?: StoredResult) =>
    createCanceller(redis, { save: async (_, result) => standing ?? result });
  const end = { stage: "vision", result: cancelled, at } as const;

  test("is kept for an hour and told to every worker", async () => {
    const heard: string[] = [];
    const listener = await connectRedis(serviceUrls.REDIS_URL, silentLog);
    listener.on("message", (_, id) => heard.push(id));
    await listener.subscribe(cancelChannel);
    expect(await canceller().requestCancel(jobId)).toBe(true);
    await until(() => heard.includes(jobId));
    expect(await redis.get(scanKeys.cancel(jobId))).toBe("cancelled");
    expect(await redis.ttl(scanKeys.cancel(jobId))).toBeWithin(3_500, 3_601);
    listener.disconnect();
  });

  test("comes too late for a job whose last stage has begun", async () => {
    await redis.set(scanKeys.cancel(jobId), "sealed", "EX", 60);
    expect(await canceller().requestCancel(jobId)).toBe(false);
    expect(await redis.get(scanKeys.cancel(jobId))).toBe("sealed");
  });

  test("comes too late for a job that has just ended, and leaves nothing behind", async () => {
    await redis.hset(scanKeys.state(jobId), "stage", "done");
    expect(await canceller().requestCancel(jobId)).toBe(false);
    expect(await redis.exists(scanKeys.cancel(jobId))).toBe(0);
  });

  test("finds what was submitted", async () => {
    expect(await canceller().submitted(jobId)).toEqual(message);
    expect(await canceller().submitted(Bun.randomUUIDv7())).toBeUndefined();
  });

  test("ends the scan: events, result, and the cancel stays for the message in the queue", async () => {
    const one = canceller();
    await one.requestCancel(jobId);
    await one.end({ message, epoch: 0 }, end);
    await one.end({ message, epoch: 0 }, end);
    expect((await readReplay(redis, jobId)).map(({ seq }) => seq)).toEqual([0, 12, 52]);
    expect((await readCachedResult(redis, jobId))?.result).toEqual(cancelled);
    const left = ["cancel", "replay", "result", "state"].map((kind) => `scan:${kind}:${jobId}`);
    expect((await redis.keys(`scan:*:${jobId}*`)).toSorted()).toEqual(left);
  });

  test("announces nothing when another end stands: whoever stored that one does", async () => {
    const error = { code: "MODEL_REFUSED", message: "" };
    await canceller({ ...cancelled, error }).end({ message, epoch: 0 }, end);
    expect((await readState(redis, jobId))?.latest.seq).toBe(0);
  });
});
