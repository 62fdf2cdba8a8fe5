import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Redis } from "ioredis";
import type { ChatMessage } from "#lib/chat/chat-message.ts";
import { connectRedis } from "#lib/redis/client.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { chatKeys } from "./chat-keys.ts";
import { type ChatStore, createChatStore } from "./chat-store.ts";

let redis: Redis;
let store: ChatStore;
let now = 1_800_000_000_000;
const inFlightMax = 3;

beforeAll(async () => {
  redis = await connectRedis(serviceUrls.REDIS_URL, silentLog);
  store = createChatStore(redis, { now: () => now }, { inFlightMax });
});
afterAll(() => redis.disconnect());

function newUser() {
  const user_id = `user-${crypto.randomUUID()}`;
  const newMessage = (): ChatMessage => ({
    job_id: Bun.randomUUIDv7(),
    user_id,
    chat_id: Bun.randomUUIDv7(),
    message_id: Bun.randomUUIDv7(),
    message: "투명 페트병은요?",
    image_url: null,
    location: null,
    model: null,
    submitted_at: now,
  });
  const queue = async (message = newMessage()) => ({
    message,
    retract: await store.emitQueued(message),
  });
  const fill = async () => {
    const [first] = await Promise.all(Array.from({ length: inFlightMax }, () => queue()));
    if (!first) throw new Error("nothing was queued");
    return first.message;
  };
  const counted = () => redis.zrange(chatKeys.inFlight(user_id), 0, "-1");
  return { newMessage, queue, fill, counted };
}

const end = (message: ChatMessage, code?: string) =>
  store.emitChatEnd({ message, epoch: 0 }, [
    code === undefined
      ? { stage: "done", status: "completed" }
      : { stage: "done", status: "failed", result: { code } },
  ]);

describe("messages of chats in flight", () => {
  test("of one user are bounded, those of another are their own", async () => {
    const [one, other] = [newUser(), newUser()];
    await one.fill();
    const refused = await one.queue().catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: "TOO_MANY_CHATS_IN_FLIGHT",
      retryAfterMs: 5_000,
      quota: { name: "in-flight", limit: inFlightMax, remaining: 0 },
    });
    await other.queue();
  });

  test("are refused without a trace", async () => {
    const user = newUser();
    await user.fill();
    const message = user.newMessage();
    await user.queue(message).catch(() => undefined);
    expect(await redis.keys(`chat:*:${message.job_id}*`)).toEqual([]);
    expect(await user.counted()).not.toContain(message.job_id);
  });

  test.each([undefined, "CANCELLED", "EXPIRED"])(
    "count no longer once they have ended: %p",
    async (code) => {
      const user = newUser();
      await end(await user.fill(), code);
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
    await user.queue(await user.fill());
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
    await user.fill();
    const free = createChatStore(redis, { now: () => now });
    await free.emitQueued(user.newMessage());
    expect(await user.counted()).toHaveLength(inFlightMax + 1);
  });
});
