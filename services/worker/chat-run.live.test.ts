import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Redis } from "ioredis";
import { framesAfter } from "#lib/chat/chat-log.ts";
import { chatContentKeys } from "#lib/chat-store/chat-keys.ts";
import { createChatStore } from "#lib/chat-store/chat-store.ts";
import { createReadChatLog } from "#lib/chat-store/read-chat.ts";
import type { Clock } from "#lib/clock/clock.ts";
import { connectRedis } from "#lib/redis/client.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";
import { createFakes, turn } from "./chat/chat-fixture.ts";
import { createConverse } from "./chat/create-converse.ts";
import { createChatRun } from "./chat-run.ts";

let redis: Redis;
let readLog: ReturnType<typeof createReadChatLog>;
beforeAll(async () => {
  redis = await connectRedis(serviceUrls.REDIS_URL, silentLog);
  readLog = createReadChatLog(redis);
});
afterAll(() => redis?.disconnect());

test("who is asked where they are, and says nothing, is answered without it after 60 s", async () => {
  let nowMs = 1_800_000_000_000;
  const clock = { now: () => nowMs };
  const message = "근처에 건전지 수거함 어디 있어요?";
  const { jobId, held, end } = await beginJob(clock, message);
  let looks = 0;
  const counted: typeof held = {
    ...held,
    ask: (...question) => {
      looks++;
      return held.ask(...question);
    },
  };
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
    await end();
  }
}, 20_000);

test.each([
  ["needs nobody is shown with what comes next", false, ["started completed started"]],
  ["asks others has begun before it does", true, ["started", "completed", "started"]],
])("a stage that %s", async (_, asksOthers, expected) => {
  const clock = { now: () => 1_800_000_000_000 };
  const { jobId, held, end } = await beginJob(clock, "페트병");
  const emits: string[] = [];
  const emit: typeof held.emit = (steps, output) => {
    emits.push(steps.map(({ status }) => status).join(" "));
    return held.emit(steps, output);
  };
  try {
    const { signal } = new AbortController();
    const run = createChatRun({ ...held, emit }, signal, clock);
    let before = -1;
    const output = await run.once("intent", async (start) => {
      if (asksOthers) await start();
      before = emits.length;
      return "waste";
    });
    await run.startAnswer();
    expect([output, before, emits]).toEqual(["waste", asksOthers ? 1 : 0, expected]);
    const shown = (await readLog(jobId))?.events.map(({ stage, status }) => `${stage} ${status}`);
    expect(shown).toEqual(["intent started", "intent completed", "answer started"]);
  } finally {
    await end();
  }
});

/** A job that this process has begun. */
async function beginJob(clock: Clock, message: string) {
  const store = createChatStore(redis, clock);
  const endLeases = await store.keepLeases();
  const jobId = Bun.randomUUIDv7();
  const ids = { job_id: jobId, chat_id: jobId, message_id: jobId, user_id: "u" };
  const said = { message, image_url: null, location: null, model: null, submitted_at: clock.now() };
  const held = await store.begin({ message: { ...ids, ...said }, epoch: 0 });
  if (held === "over" || "end" in held) throw new Error("not begun");
  const end = async () => {
    await redis.del(...chatContentKeys(jobId));
    await endLeases();
  };
  return { jobId, held, end };
}
