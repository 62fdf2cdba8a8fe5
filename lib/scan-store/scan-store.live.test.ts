import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Redis } from "ioredis";
import type { ClassificationResult } from "#lib/contract/classification.ts";
import { scanBytesMax } from "#lib/contract/scan-limits.ts";
import type { Ended } from "#lib/process/submit-metrics.ts";
import { connectRedis } from "#lib/redis/client.ts";
import type { ScanMessage, ScanRun } from "#lib/scan/scan-message.ts";
import type { StoredResult } from "#lib/scan/scan-result.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";
import { runInTrace } from "#lib/trace/span.ts";
import {
  readCachedResult,
  readCancelled,
  readReplay,
  readRequest,
  readState,
} from "./read-scan.ts";
import { cancelChannel, contentKeys, scanKeys, shardOf } from "./scan-keys.ts";
import { createScanStore, type ScanStore } from "./scan-store.ts";

const clock = { now: () => 1_800_000_000_000 };
const petVision: ClassificationResult = {
  classification: {
    major_category: "재활용폐기물",
    middle_category: "무색페트병",
    minor_category: "생수병",
  },
  situation_tags: ["내용물_없음"],
  meta: { user_input: "이거?", model: "gpt-5.2", estimate: false },
};
const petAnswer = {
  disposal_steps: { 단계1: "찌그러뜨려 뚜껑을 닫아요." },
  insufficiencies: [],
  user_answer: "투명 페트병 수거함에 넣어 주세요.",
};
const result: StoredResult = {
  status: "completed",
  vision: petVision,
  answer: petAnswer,
  reward: null,
  error: null,
};
const error = { code: "CANCELLED", message: "취소" };
const cancelled: StoredResult = {
  status: "failed",
  vision: null,
  answer: null,
  reward: null,
  error,
};

let redis: Redis;
let store: ScanStore;
beforeAll(async () => {
  redis = await connectRedis(serviceUrls.REDIS_URL, silentLog);
  store = createScanStore(redis, clock, { checkpointTtlS: 77 });
});
afterAll(() => redis.disconnect());

function newMessage(): ScanMessage {
  return {
    job_id: Bun.randomUUIDv7(),
    user_id: `user-${crypto.randomUUID()}`,
    image_url: "https://cdn.example.com/a.jpg",
    user_input: "이거?",
    model: "gpt-5.2",
    submitted_at: clock.now(),
  };
}
const newRun = (epoch = 0): ScanRun => ({ message: newMessage(), epoch });

describe("a running scan", () => {
  const completed = (stage: "vision" | "answer") => ({ stage, status: "completed" }) as const;
  const ended = [
    { stage: "reward", status: "completed" },
    { stage: "done", status: "completed" },
  ] as const;

  test("begins a stage with an event, and again when it comes again", async () => {
    const run = newRun();
    const { job_id } = run.message;
    expect(await store.begin(run, "vision")).toBe("begun");
    expect(await readReplay(redis, job_id)).toMatchObject([{ seq: 10, ts: clock.now() }]);
    await store.release(run, "vision");
    expect(await store.begin(run, "vision")).toBe("begun");
    expect(await readReplay(redis, job_id)).toHaveLength(1);
  });

  test("returns the checkpoints that were kept, each until it expires, and no other", async () => {
    const run = newRun();
    const { job_id } = run.message;
    await store.emit(run, completed("vision"), { vision: petVision });
    expect(await store.begin(run, "vision")).toEqual({ output: petVision });
    expect(await store.begin(run, "answer")).toBe("begun");
    await store.emit(run, completed("answer"), { answer: petAnswer });
    expect(await store.begin(run, "answer")).toEqual({ output: petAnswer });
    const ttlS = await redis.ttl(scanKeys.checkpoint(job_id, "vision"));
    expect(ttlS).toBeGreaterThan(70);
    expect(ttlS).toBeLessThanOrEqual(77);
  });

  test("keeps a checkpoint even when its event was emitted before: a redelivery needs it", async () => {
    const run = newRun();
    await store.emit(run, completed("vision"));
    await store.emit(run, completed("vision"), { vision: petVision });
    expect(await store.begin(run, "vision")).toEqual({ output: petVision });
    expect(await readReplay(redis, run.message.job_id)).toHaveLength(1);
  });

  test("begins nothing of an epoch that has ended, but of the next one", async () => {
    const run = newRun();
    await store.emitEnd(run, ended, result);
    expect(await store.begin(run, "vision")).toBe("over");
    expect(await store.begin({ ...run, epoch: 1 }, "answer")).toBe("begun");
    expect(await store.begin(run, "vision")).toBe("over");
    const seqs = (await readReplay(redis, run.message.job_id)).map(({ seq }) => seq);
    expect(seqs).toEqual([41, 51, 130]);
  });

  test("tells of an end once, whoever ends it again", async () => {
    const ends: Ended[] = [];
    const observed = createScanStore(redis, clock, { onEnd: (end) => ends.push(end) });
    const run = newRun();
    const submittedAt = run.message.submitted_at;
    for (let times = 0; times < 2; times++) await observed.emitEnd(run, ended, result);
    const { job_id: jobId } = run.message;
    const end = { jobId, code: undefined, model: "gpt-5.2", submittedAt, endedAt: clock.now() };
    expect(ends).toEqual([{ ...end, epoch: 0 }]);
    await observed.emitEnd({ ...run, epoch: 1 }, ended, result);
    expect(ends.slice(1)).toEqual([{ ...end, epoch: 1 }]);
  });

  test("refuses a cancelled job, also one with a checkpoint, and emits nothing of it", async () => {
    const run = newRun();
    const { job_id } = run.message;
    await store.emit(run, completed("vision"), { vision: petVision });
    const rule = { stage: "rule", status: "completed" } as const;
    await redis.set(scanKeys.cancel(job_id), "sealed", "EX", 60);
    expect(await store.begin(run, "answer")).toBe("begun");
    await redis.set(scanKeys.cancel(job_id), "cancelled", "EX", 60);
    const refused = { code: "CANCELLED" };
    await expect(store.begin(run, "vision")).rejects.toMatchObject(refused);
    await expect(store.begin(run, "answer")).rejects.toMatchObject(refused);
    await expect(store.emitUnlessCancelled(run, rule)).rejects.toMatchObject(refused);
    expect((await readReplay(redis, job_id)).map(({ seq }) => seq)).toEqual([11, 30]);
    // What a stage has paid for is kept and emitted, also when the cancel comes meanwhile.
    await store.emit(run, completed("answer"), { answer: petAnswer });
    expect((await readReplay(redis, job_id)).at(-1)).toMatchObject({ seq: 31 });
  });

  test("is found by the trace of its submit from its first event to its last", async () => {
    const run = newRun();
    const { job_id } = run.message;
    const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
    await runInTrace(traceparent, () => store.emitQueued(run.message));
    await store.begin(run, "vision");
    expect(await readState(redis, job_id)).toMatchObject({ traceparent, latest: { seq: 10 } });
    await store.emitEnd(run, ended, result);
    expect(await readState(redis, job_id)).toMatchObject({ traceparent, latest: { seq: 51 } });
  });

  test("ends with the result readable and nothing left that only a running job needs", async () => {
    const run = newRun();
    const { job_id, user_id } = run.message;
    const paid = { vision: petVision, answer: petAnswer };
    await store.emit(run, completed("vision"), paid);
    await store.emitEnd(run, ended, result);
    expect(await readCachedResult(redis, job_id)).toEqual({ userId: user_id, result });
    const { checkpoint: key } = scanKeys;
    expect(await redis.exists(key(job_id, "vision"), key(job_id, "answer"))).toBe(0);
    expect(await readState(redis, job_id)).toMatchObject({ userId: user_id, latest: { seq: 51 } });
    const ttlS = await redis.ttl(scanKeys.result(job_id));
    expect(ttlS).toBeGreaterThan(3_500);
    expect(ttlS).toBeLessThanOrEqual(3_600);
  });

  describe("leaves 2 KB at most, whatever was asked:", () => {
    const hangul = (chars: number) =>
      Array.from({ length: chars }, (_, i) => String.fromCharCode(0xac00 + ((i * 7919) % 11_172)));
    const outcomes = [
      ["nothing", "", true],
      ["a question", "이 페트병은 라벨을 다 뗐는데 뚜껑은 어떻게 해야 하나요?", true],
      ["the longest question", hangul(1_000).join(""), false],
    ] as const;

    async function bytesOf(jobId: string): Promise<number> {
      const keys = [...contentKeys(jobId), scanKeys.cancel(jobId)];
      const sizes = await Promise.all(keys.map((key) => redis.memory("USAGE", key, "SAMPLES", 0)));
      return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
    }

    async function finish(userInput: string, status: "completed" | "failed"): Promise<string> {
      const run = { message: { ...newMessage(), user_input: userInput }, epoch: 0 };
      const meta = { ...petVision.meta, user_input: userInput };
      const vision = { ...petVision, meta };
      const seen = { classification: vision.classification, model: meta.model };
      await store.emitQueued(run.message);
      await store.begin(run, "vision");
      await store.emit(run, { ...completed("vision"), result: seen }, { vision });
      await store.emitUnlessCancelled(run, { stage: "rule", status: "completed" });
      await store.begin(run, "answer");
      if (status === "failed") {
        const steps = [
          { stage: "answer", status, result: error },
          { stage: "done", status, result: error },
        ] as const;
        await store.emitEnd(run, steps, { ...result, status, vision, answer: null, error });
      } else {
        await store.emit(run, completed("answer"), { answer: petAnswer });
        await store.seal(run.message.job_id);
        await store.emitEnd(run, ended, { ...result, vision });
      }
      return run.message.job_id;
    }

    test.each(outcomes)("%s", async (_, userInput, isCached) => {
      // As Redis comes: the length up to which it keeps hashes compact is its operator's to raise.
      const [name, before] = await redis.config("GET", "hash-max-listpack-value").then(pair);
      await redis.config("SET", name, "64");
      try {
        const done = await finish(userInput, "completed");
        expect(await bytesOf(done)).toBeLessThanOrEqual(scanBytesMax);
        // A longer one is read from Postgres.
        const cached = await readCachedResult(redis, done);
        expect(cached?.result.vision?.meta.user_input).toBe(isCached ? userInput : undefined);
        expect(await bytesOf(await finish(userInput, "failed"))).toBeLessThanOrEqual(scanBytesMax);
      } finally {
        await redis.config("SET", name, before);
      }
    });
  });

  test("returns a checkpoint with the question that was asked, which is kept in the message alone", async () => {
    const run = newRun();
    await store.emit(run, completed("vision"), { vision: petVision });
    const checkpoint = await redis.get(scanKeys.checkpoint(run.message.job_id, "vision"));
    expect(checkpoint).not.toContain(petVision.meta.user_input);
    expect(await store.begin(run, "vision")).toEqual({ output: petVision });
  });

  test("emits into the epoch of the run, and stamps the event with the clock", async () => {
    const run = newRun(2);
    await store.emit(run, completed("vision"));
    const [event] = await readReplay(redis, run.message.job_id);
    expect(event).toMatchObject({ seq: 211, ts: clock.now(), progress: 25 });
  });
});

describe("`queued`", () => {
  async function entriesOf(jobId: string): Promise<number> {
    const entries = await redis.xrevrange(scanKeys.events(shardOf(jobId)), "+", "-", "COUNT", 500);
    return entries.filter(([, fields]) => fields.includes(jobId)).length;
  }

  test("makes the owner and the first event readable, and one entry in the stream", async () => {
    const { job_id, user_id, ...rest } = newMessage();
    await store.emitQueued({ job_id, user_id, ...rest });
    const state = await readState(redis, job_id);
    expect(state).toMatchObject({ userId: user_id, latest: { stage: "queued", seq: 0 } });
    expect(await readReplay(redis, job_id)).toMatchObject([{ job_id, seq: 0, progress: 0 }]);
    expect(await entriesOf(job_id)).toBe(1);
  });

  test("is retracted without a trace when its publish was refused", async () => {
    const { job_id, ...rest } = newMessage();
    const retract = await store.emitQueued({ job_id, ...rest });
    expect(await retract(false)).toBe(true);
    expect(await redis.keys(`scan:*:${job_id}*`)).toEqual([]);
    expect(await entriesOf(job_id)).toBe(0);
  });
});

describe("a retracted scan", () => {
  const begin = (message: ScanMessage) => store.begin({ message, epoch: 0 }, "vision");

  test("whose message comes all the same begins no stage, and shows nothing", async () => {
    const message = newMessage();
    const retract = await store.emitQueued(message);
    expect(await retract(true)).toBe(true);
    expect(await store.isRetracted(message.job_id)).toBe(true);
    expect(await begin(message)).toBe("over");
    expect(await readState(redis, message.job_id)).toBeUndefined();
    expect(await redis.keys(`scan:*:${message.job_id}*`)).toEqual([
      scanKeys.cancel(message.job_id),
    ]);
  });

  test("runs when it is queued again, and is retracted again when that is refused", async () => {
    const message = newMessage();
    await (await store.emitQueued(message))(true);
    const retract = await store.emitQueued(message);
    expect(await readState(redis, message.job_id)).toMatchObject({ latest: { stage: "queued" } });
    expect(await readRequest(redis, message.job_id)).toEqual(message);
    // The message of the first submit may still come.
    expect(await retract(false)).toBe(true);
    expect(await begin(message)).toBe("over");
    await store.emitQueued(message);
    expect(await begin(message)).toBe("begun");
  });

  test("of a submit that died, taken over and refused, does not run either", async () => {
    const message = newMessage();
    await store.emitQueued(message);
    expect(await (await store.emitQueued(message))(false)).toBe(true);
    expect(await begin(message)).toBe("over");
  });

  test("is none once a stage has begun: its message has come", async () => {
    const message = newMessage();
    const retract = await store.emitQueued(message);
    await begin(message);
    expect(await retract(true)).toBe(false);
    expect(await store.isRetracted(message.job_id)).toBe(false);
    expect(await readReplay(redis, message.job_id)).toHaveLength(2);
  });
});

describe("cancelling", () => {
  async function newQueued(): Promise<ScanMessage> {
    const message = newMessage();
    await store.emitQueued(message);
    return message;
  }

  test("is kept for an hour, and every worker is notified", async () => {
    const { job_id: jobId } = await newQueued();
    const heard: string[] = [];
    const listener = await connectRedis(serviceUrls.REDIS_URL, silentLog);
    listener.on("message", (_, id) => heard.push(id));
    await listener.subscribe(cancelChannel);
    expect(await store.requestCancel(jobId)).toBe(true);
    await until(() => heard.includes(jobId));
    expect(await redis.get(scanKeys.cancel(jobId))).toBe("cancelled");
    expect(await redis.ttl(scanKeys.cancel(jobId))).toBeWithin(3_500, 3_601);
    listener.disconnect();
  });

  test("comes too late for a job whose last stage has begun", async () => {
    const { job_id: jobId } = await newQueued();
    expect([await store.seal(jobId), await store.seal(jobId)]).toEqual([true, true]);
    expect(await redis.ttl(scanKeys.cancel(jobId))).toBeWithin(3_500, 3_601);
    expect(await store.requestCancel(jobId)).toBe(false);
    expect(await redis.get(scanKeys.cancel(jobId))).toBe("sealed");
  });

  test("that came first keeps the last stage from beginning", async () => {
    const { job_id: jobId } = await newQueued();
    await store.requestCancel(jobId);
    expect(await store.seal(jobId)).toBe(false);
    expect(await redis.get(scanKeys.cancel(jobId))).toBe("cancelled");
  });

  test("comes too late for a job that has just ended, and leaves nothing behind", async () => {
    const { job_id: jobId } = await newQueued();
    await redis.hset(scanKeys.state(jobId), "stage", "done");
    expect(await store.requestCancel(jobId)).toBe(false);
    expect(await redis.exists(scanKeys.cancel(jobId))).toBe(0);
  });

  test("is read of many jobs at once, and so is what was submitted", async () => {
    const [one, two] = [await newQueued(), await newQueued()];
    await store.requestCancel(one.job_id);
    await store.seal(two.job_id);
    const jobIds = [two.job_id, Bun.randomUUIDv7(), one.job_id];
    expect(await readCancelled(redis, jobIds)).toEqual([one.job_id]);
    expect(await readRequest(redis, one.job_id)).toEqual(one);
    expect(await readRequest(redis, Bun.randomUUIDv7())).toBeUndefined();
  });

  test("stays for the message in the queue, also when the scan has ended", async () => {
    const message = await newQueued();
    const { job_id: jobId } = message;
    await store.requestCancel(jobId);
    const ended = [
      { stage: "vision", status: "failed", result: error },
      { stage: "done", status: "failed", result: error },
    ] as const;
    for (let times = 0; times < 2; times++)
      await store.emitEnd({ message, epoch: 0 }, ended, cancelled);
    expect((await readReplay(redis, jobId)).map(({ seq }) => seq)).toEqual([0, 12, 52]);
    expect((await readCachedResult(redis, jobId))?.result).toEqual(cancelled);
    const left = ["cancel", "replay", "result", "state"].map((kind) => `scan:${kind}:${jobId}`);
    expect((await redis.keys(`scan:*:${jobId}*`)).toSorted()).toEqual(left);
  });
});

function pair(reply: unknown): [string, string] {
  const [name = "", value = ""] = Array.isArray(reply) ? reply.map(String) : [];
  return [name, value];
}
