import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Redis } from "ioredis";
import { framesAfter } from "#lib/chat/chat-log.ts";
import { chatContentKeys } from "#lib/chat-store/chat-keys.ts";
import { createChatStore } from "#lib/chat-store/chat-store.ts";
import { createReadChatLog } from "#lib/chat-store/read-chat.ts";
import { connectRedis } from "#lib/redis/client.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";
import { createFakes, turn } from "./chat/chat-fixture.ts";
import { createConverse } from "./chat/create-converse.ts";
import { createChatRun } from "./chat-run.ts";

let redis: Redis;
beforeAll(async () => {
  redis = await connectRedis(serviceUrls.REDIS_URL, silentLog);
});
afterAll(() => redis?.disconnect());

test("who is asked where they are, and says nothing, is answered without it after 60 s", async () => {
  let nowMs = 1_800_000_000_000;
  const clock = { now: () => nowMs };
  const store = createChatStore(redis, clock);
  const endLeases = await store.keepLeases();
  const jobId = Bun.randomUUIDv7();
  const message = "근처에 건전지 수거함 어디 있어요?";
  const ids = { job_id: jobId, chat_id: jobId, message_id: jobId, user_id: "u" };
  const said = { message, image_url: null, location: null, model: null, submitted_at: nowMs };
  const held = await store.begin({ message: { ...ids, ...said }, epoch: 0 });
  if (held === "over" || "end" in held) throw new Error("not begun");
  let looks = 0;
  const counted: typeof held = {
    ...held,
    ask: (...question) => {
      looks++;
      return held.ask(...question);
    },
  };
  const readLog = createReadChatLog(redis);
  const log = async () => (await readLog(jobId)) ?? expect.unreachable();
  const asks = async () =>
    framesAfter(await log(), -1).some(({ text }) => text.includes("event: needs_input"));
  try {
    let isOver = false;
    const { signal } = new AbortController();
    const run = createChatRun(counted, signal, clock, { inputPollMs: 1 });
    const answering = createConverse(createFakes().ports)({ ...turn, jobId, message }, run).then(
      () => {
        isOver = true;
      },
    );
    await until(asks);
    nowMs += 59_999;
    const before = looks;
    await until(async () => looks > before + 1);
    expect([isOver, await asks()]).toEqual([false, true]);
    nowMs += 1;
    await answering;
    await held.flush();
    expect(await asks()).toBe(false);
    expect((await log()).text.toString()).toContain("위치");
  } finally {
    await redis.del(...chatContentKeys(jobId));
    await endLeases();
  }
}, 20_000);
