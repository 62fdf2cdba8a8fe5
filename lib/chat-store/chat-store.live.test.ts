import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Redis } from "ioredis";
import type { ChatEnd, HeldChat } from "#lib/chat/chat-events.ts";
import { framesAfter } from "#lib/chat/chat-log.ts";
import type { ChatJob } from "#lib/chat/chat-message.ts";
import { connectRedis } from "#lib/redis/client.ts";
import { scanKeys } from "#lib/scan-store/scan-keys.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { chatContentKeys, chatKeys } from "./chat-keys.ts";
import { type ChatStore, createChatStore } from "./chat-store.ts";
import { createReadChatLog, type ReadChatLog } from "./read-chat.ts";

const outcome = { intents: ["waste"], sources: [], usage: null, title: null, summary: null };
const completed: ChatEnd = { status: "completed", outcome };
const cancelled: ChatEnd = { status: "cancelled", error: { code: "CANCELLED", message: "취소" } };
const startedAt = 1_800_000_000_000;

let redis: Redis;
let readLog: ReadChatLog;
let nowMs = startedAt;
/** Two workers; the second is alive as well. */
let stores: ChatStore[] = [];
const ends: (() => Promise<void>)[] = [];
const jobs: ChatJob[] = [];

beforeAll(async () => {
  redis = await connectRedis(serviceUrls.REDIS_URL, silentLog);
  readLog = createReadChatLog(redis);
  stores = [1, 2].map(() => createChatStore(redis, { now: () => nowMs }));
  for (const store of stores) ends.push(await store.keepLeases());
});
afterAll(async () => {
  for (const { message } of jobs) {
    await redis.del(...chatContentKeys(message.job_id), scanKeys.cancel(message.job_id));
  }
  for (const end of ends) await end();
  redis.disconnect();
});

const store = (n = 0): ChatStore => stores[n] ?? expect.unreachable();

function newJob(epoch = 0): ChatJob {
  const [job_id, chat_id, message_id] = [1, 2, 3].map(() => Bun.randomUUIDv7());
  const ids = { job_id: job_id ?? "", chat_id: chat_id ?? "", message_id: message_id ?? "" };
  const said = { message: "페트병?", image_url: null, location: null, model: null };
  const job = { message: { ...ids, user_id: "u", ...said, submitted_at: startedAt }, epoch };
  jobs.push(job);
  return job;
}

async function begin(job: ChatJob, n = 0): Promise<HeldChat> {
  const held = await store(n).begin(job);
  if (held === "over" || "end" in held) throw new Error(`not begun: ${JSON.stringify(held)}`);
  return held;
}

/** What a client shows that joins now, and one that was there from the first event on. */
async function shown(job: ChatJob) {
  const log = await readLog(job.message.job_id);
  if (!log) throw new Error("no log");
  const frames = framesAfter(log, -1).map(({ text }) => text);
  return {
    text: log.text.toString(),
    names: frames.map((one) => /event: (\w+)/.exec(one)?.[1]),
    log,
  };
}

/** The texts of the job's live events, joined as a client joins them. */
async function liveText(job: ChatJob): Promise<string> {
  const entries = await redis.xrange(chatKeys.events, "-", "+");
  const frames = entries.flatMap(([, fields]) =>
    fields.filter((_, i) => fields[i - 1] === job.message.job_id && i % 2 === 1),
  );
  let text = "";
  for (const [, name, data = "{}"] of frames.join("").matchAll(/event: (\w+)\ndata: (.*)\n\n/g)) {
    if (name === "snapshot") text = JSON.parse(data).text;
    if (name === "token") text += JSON.parse(data).text;
  }
  return text;
}

describe("an answer that is written", () => {
  test("is what live clients and late ones show, and what is sealed", async () => {
    const job = newJob();
    await store().emitQueued(job.message);
    const held = await begin(job);
    await held.emit([{ stage: "intent", status: "started" }]);
    await held.emit([{ stage: "intent", status: "completed" }], {
      stage: "intent",
      json: '["waste"]',
    });
    await held.emit([{ stage: "answer", status: "started" }]);
    const text = "라벨을 떼고 😀 눌러서 버려요.\n".repeat(30);
    for (const letter of text) held.write(letter);
    await held.flush();
    expect(await liveText(job)).toBe(text);
    expect((await held.seal(completed)).text).toBe(text);
    await store().emitChatEnd(job, [
      { stage: "answer", status: "completed" },
      { stage: "done", status: "completed" },
    ]);
    const late = await shown(job);
    expect(late.text).toBe(text);
    expect(late.names).toEqual([
      "queued",
      "intent",
      "intent",
      "answer",
      "snapshot",
      "answer",
      "done",
    ]);
    expect(await store().begin(job)).toBe("over");
    expect(await redis.exists(chatKeys.checkpoint(job.message.job_id))).toBe(0);
  });

  test("goes on after a kill with what is there, and pays no stage again", async () => {
    const job = newJob();
    const dead = createChatStore(redis, { now: () => nowMs });
    const first = await dead.begin(job);
    if (typeof first === "string" || "end" in first) throw new Error("not begun");
    await first.emit([{ stage: "tools", status: "completed" }], { stage: "tools", json: "[1]" });
    first.write("처음 ");
    await first.flush();
    // The worker was never alive for the others: its hold is void.
    const second = await begin(job);
    expect([second.written, second.checkpoint("tools")]).toEqual(["처음 ", "[1]"]);
    second.write("그리고 끝");
    await second.flush();
    first.write("늦은 말");
    await expect(first.flush()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await expect(first.seal(completed)).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(await liveText(job)).toBe("처음 그리고 끝");
    expect((await second.seal(completed)).text).toBe("처음 그리고 끝");
  });

  test("is one delivery's alone while its worker lives, and free once that releases it", async () => {
    const job = newJob();
    const held = await begin(job);
    for (const n of [0, 1]) {
      await expect(store(n).begin(job)).rejects.toMatchObject({ code: "UNAVAILABLE" });
    }
    await held.release();
    await begin(job, 1);
  });

  test("that is replaced begins anew for every client", async () => {
    const job = newJob();
    const held = await begin(job);
    held.write("틀린 말");
    await held.flush();
    const { log } = await shown(job);
    held.replace("맞는 ");
    held.write("말");
    await held.flush();
    expect(await liveText(job)).toBe("맞는 말");
    const [frame] = framesAfter((await shown(job)).log, log.seq);
    expect(frame?.text).toContain("event: snapshot");
    expect((await held.seal(completed)).text).toBe("맞는 말");
  });

  test("survives a wipe of Redis: it begins anew, later than all that a client has seen", async () => {
    const job = newJob();
    const held = await begin(job);
    held.write("잊힌 말");
    await held.flush();
    const { log } = await shown(job);
    await redis.del(...chatContentKeys(job.message.job_id));
    held.write(" 더");
    await expect(held.flush()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    nowMs += 2_000;
    const again = await begin(job, 1);
    expect(again.written).toBe("");
    again.write("새로 쓴 말");
    await again.flush();
    expect(await liveText(job)).toBe("새로 쓴 말");
    const after = await shown(job);
    expect(after.log.seq).toBeGreaterThan(log.seq);
    expect(framesAfter(after.log, log.seq).at(-1)?.text).toContain("event: snapshot");
  });

  test("that failed is written anew in the next epoch, and a client of the first is told", async () => {
    const job = newJob();
    const held = await begin(job);
    held.write("반쯤");
    await held.flush();
    const error = { code: "MODEL_TIMEOUT", message: "늦어요" };
    expect((await store().seal(job, { status: "failed", error })).text).toBe("반쯤");
    await store().emitChatEnd(job, [{ stage: "done", status: "failed", result: error }]);
    const before = (await shown(job)).log.seq;
    const redriven = { ...job, epoch: 1 };
    const next = await begin(redriven, 1);
    expect(next.written).toBe("");
    next.write("전부");
    await next.flush();
    expect(await liveText(job)).toBe("전부");
    expect(framesAfter((await shown(job)).log, before)[0]?.text).toContain("event: snapshot");
    expect(await store().begin(job)).toBe("over");
  });
});

describe("the end of an answer", () => {
  test("is the first word about it: a cancel keeps what was written, and nothing is added", async () => {
    const job = newJob();
    const held = await begin(job);
    held.write("여기까지");
    await held.flush();
    expect(await store(1).requestCancel(job.message.job_id)).toBe(true);
    expect(await store(1).seal(job, cancelled)).toEqual({ end: cancelled, text: "여기까지" });
    held.write(" 더");
    await expect(held.flush()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect((await held.seal(completed)).end).toEqual(cancelled);
    expect(await liveText(job)).toBe("여기까지");
  });

  test("of a complete answer is no cancel's any more, and outlives a crash before it is stored", async () => {
    const job = newJob();
    const held = await begin(job);
    held.write("전부");
    await held.flush();
    await held.seal(completed);
    expect(await store().requestCancel(job.message.job_id)).toBe(false);
    await held.release();
    expect(await store(1).begin(job)).toEqual({ end: completed });
    expect(await store(1).seal(job, completed)).toEqual({ end: completed, text: "전부" });
  });

  test("comes before its beginning where the job was cancelled or retracted", async () => {
    const [stopped, refused] = [newJob(), newJob()];
    await store().emitQueued(stopped.message);
    expect(await store().requestCancel(stopped.message.job_id)).toBe(true);
    await expect(store().begin(stopped)).rejects.toMatchObject({ code: "CANCELLED" });
    const retract = await store().emitQueued(refused.message);
    expect(await retract(true)).toBe(true);
    expect([await store().begin(refused), await readLog(refused.message.job_id)]).toEqual([
      "over",
      undefined,
    ]);
    const begun = newJob();
    const tooLate = await store().emitQueued(begun.message);
    await begin(begun);
    expect(await tooLate(true)).toBe(false);
  });
});

describe("what a client is asked for", () => {
  test("is asked once, shown while it is waited for, and known to a later delivery", async () => {
    const job = newJob();
    const held = await begin(job);
    expect(await held.ask("location", nowMs + 60_000)).toBeUndefined();
    expect((await shown(job)).names).toEqual(["needs_input"]);
    expect(await store(1).giveInput(job.message.job_id, "location", '{"latitude":37}')).toBe(true);
    expect(await held.ask("location", nowMs + 60_000)).toBe('{"latitude":37}');
    expect((await shown(job)).names).toEqual([]);
    await held.release();
    expect(await (await begin(job, 1)).ask("location", nowMs)).toBe('{"latitude":37}');
  });

  test("is null when it is declined, or when its time is up", async () => {
    const [declined, late] = [newJob(), newJob()];
    const one = await begin(declined);
    await one.ask("confirmation", nowMs + 60_000);
    await store().giveInput(declined.message.job_id, "cancel", "null");
    expect(await one.ask("confirmation", nowMs + 60_000)).toBe("null");
    const other = await begin(late);
    await other.ask("location", nowMs + 60_000);
    nowMs += 60_001;
    expect(await other.ask("location", nowMs + 60_000)).toBe("null");
    expect((await shown(late)).names).toEqual([]);
  });
});
