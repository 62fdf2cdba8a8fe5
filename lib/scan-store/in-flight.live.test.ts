import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Redis } from "ioredis";
import { connectRedis } from "#lib/redis/client.ts";
import type { ScanMessage } from "#lib/scan/scan-message.ts";
import type { StoredResult } from "#lib/scan/scan-result.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { scanKeys } from "./scan-keys.ts";
import { createScanStore, type ScanStore } from "./scan-store.ts";

let redis: Redis;
let store: ScanStore;
let now = 1_800_000_000_000;
const inFlightMax = 3;

beforeAll(async () => {
  redis = await connectRedis(serviceUrls.REDIS_URL, silentLog);
  store = createScanStore(redis, { now: () => now }, { inFlightMax });
});
afterAll(() => redis.disconnect());

function newUser() {
  const user_id = `user-${crypto.randomUUID()}`;
  const newMessage = (): ScanMessage => ({
    job_id: Bun.randomUUIDv7(),
    user_id,
    image_url: "https://cdn.example.com/a.jpg",
    user_input: "",
    model: "gpt-5.2",
    submitted_at: now,
  });
  const queue = async (message = newMessage()) => ({
    message,
    retract: await store.emitQueued(message),
  });
  const fill = () => Promise.all(Array.from({ length: inFlightMax }, () => queue()));
  const counted = () => redis.zrange(scanKeys.inFlight(user_id), 0, "-1");
  return { queue, fill, counted };
}

const end = (message: ScanMessage, code?: string) => {
  const error = code === undefined ? null : { code, message: "" };
  const status = error ? "failed" : "completed";
  const result: StoredResult = { status, vision: null, answer: null, reward: null, error };
  return store.emitEnd({ message, epoch: 0 }, [{ stage: "done", status }], result);
};

describe("scans in flight", () => {
  test("of one user are bounded, those of another are their own", async () => {
    const [one, other] = [newUser(), newUser()];
    await one.fill();
    const refused = await one.queue().catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: "TOO_MANY_SCANS_IN_FLIGHT",
      retryAfterMs: 5_000,
      quota: { name: "in-flight", limit: inFlightMax, remaining: 0 },
    });
    await other.queue();
  });

  test("are refused without a trace", async () => {
    const user = newUser();
    const [first] = await user.fill();
    if (!first) throw new Error("nothing was queued");
    const message = { ...first.message, job_id: Bun.randomUUIDv7() };
    await user.queue(message).catch(() => undefined);
    expect(await redis.keys(`scan:*:${message.job_id}*`)).toEqual([]);
    expect(await user.counted()).not.toContain(message.job_id);
  });

  test.each([undefined, "CANCELLED", "EXPIRED", "IMAGE_NOT_FOUND"])(
    "count no longer once they have ended: %p",
    async (code) => {
      const user = newUser();
      const [first] = await user.fill();
      if (!first) throw new Error("nothing was queued");
      await end(first.message, code);
      expect(await user.counted()).toHaveLength(inFlightMax - 1);
      await user.queue();
    },
  );

  test("count no longer once their submit was refused, whether the message may come or not", async () => {
    const user = newUser();
    for (const mayCome of [true, false]) {
      await (await user.queue()).retract(mayCome);
      expect(await user.counted()).toEqual([]);
    }
  });

  test("count once however often they are queued, also when there are as many as may be", async () => {
    const user = newUser();
    const [first] = await user.fill();
    await user.queue(first?.message);
    expect(await user.counted()).toHaveLength(inFlightMax);
  });

  test("that have ended are not counted again by a submit that comes late", async () => {
    const user = newUser();
    const { message } = await user.queue();
    await end(message);
    await user.queue(message);
    expect(await user.counted()).toEqual([]);
  });

  test("whose end was missed lock nobody out for longer than a message may wait", async () => {
    const user = newUser();
    await user.fill();
    now += 3_600_000;
    await user.queue();
    expect(await user.counted()).toHaveLength(1);
  });

  test("have no bound where none is set", async () => {
    const user = newUser();
    const free = createScanStore(redis, { now: () => now });
    const [first] = await user.fill();
    if (!first) throw new Error("nothing was queued");
    await free.emitQueued({ ...first.message, job_id: Bun.randomUUIDv7() });
    expect(await user.counted()).toHaveLength(inFlightMax + 1);
  });
});
