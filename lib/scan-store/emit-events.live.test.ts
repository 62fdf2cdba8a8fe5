import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { Redis } from "ioredis";
import { connectRedis } from "#lib/redis/client.ts";
import { epochSize } from "#lib/scan/epoch.ts";
import { type ScanEvent, type ScanStep, scanEvent } from "#lib/scan/scan-event.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { startTcpProxy } from "#lib/testing/tcp-proxy.ts";
import { until } from "#lib/testing/until.ts";
import { compressResult } from "./compressed-result.ts";
import { createEventLog, type EventLog } from "./emit-events.ts";
import { eventFromFields, readCachedResult, readReplay, readState, toFields } from "./read-scan.ts";
import { replayTtlS, scanKeys, shardOf } from "./scan-keys.ts";

const userId = "user-emit";
const ts = 1_700_000_000_000;
let redis: Redis;
let eventLog: EventLog;
const jobs: string[] = [];

beforeAll(async () => {
  redis = await connectRedis(serviceUrls.REDIS_URL, silentLog);
  eventLog = createEventLog(redis);
});
afterEach(async () => {
  for (const id of jobs.splice(0)) {
    const entries = await streamOf(id);
    const keys = await redis.keys(`scan:*${id}*`);
    if (keys.length > 0) await redis.del(...keys);
    if (entries.length > 0) {
      await redis.xdel(scanKeys.events(shardOf(id)), ...entries.map((entry) => entry.streamId));
    }
  }
});
afterAll(() => redis.quit());

function newJob(): string {
  const id = Bun.randomUUIDv7();
  jobs.push(id);
  return id;
}

const step = (stage: ScanStep["stage"], status: ScanStep["status"] = "completed"): ScanStep => ({
  stage,
  status,
  result: { of: stage },
});
const whole = [
  step("queued", "started"),
  step("vision", "started"),
  step("vision"),
  step("rule"),
  step("answer", "started"),
  step("answer"),
  step("reward"),
  step("done"),
];
const events = (id: string, updates: readonly ScanStep[], epoch = 0): ScanEvent[] =>
  updates.map((update) => scanEvent({ id, epoch }, update, ts));
const emit = (id: string, updates: readonly ScanStep[], epoch = 0) =>
  eventLog.emit(userId, events(id, updates, epoch));
const seqs = (list: readonly { readonly seq: number }[]) => list.map(({ seq }) => seq);

/** The job's entries in its shard's stream, oldest first. */
async function streamOf(id: string): Promise<(ScanEvent & { streamId: string })[]> {
  const entries = await redis.xrange(scanKeys.events(shardOf(id)), "-", "+");
  return entries.flatMap(([streamId, flat]) => {
    const fields = toFields(flat);
    return fields.job_id === id ? [{ ...eventFromFields(fields), streamId }] : [];
  });
}

/** Stream, replay log and state say the same. */
async function expectSeqs(id: string, expected: readonly number[]): Promise<void> {
  const stream = await streamOf(id);
  expect(stream.map(({ streamId: _, ...event }) => event)).toEqual(await readReplay(redis, id));
  expect(seqs(stream)).toEqual([...expected]);
  expect((await readState(redis, id))?.latest.seq).toBe(expected.at(-1));
}

describe("events that are let in", () => {
  test("stand alike in stream, replay log and state, with the owner, and expire", async () => {
    const id = newJob();
    expect(await emit(id, whole)).toBe(whole.length);
    const expected = events(id, whole);
    expect(seqs(expected)).toEqual([0, 10, 11, 21, 30, 31, 41, 51]);
    const stream = await streamOf(id);
    expect(stream.map(({ streamId: _, ...event }) => event)).toEqual(expected);
    expect(await readReplay(redis, id)).toEqual(expected);
    expect(await readState(redis, id)).toEqual({ userId, latest: expected[7] ?? fail() });
    for (const key of [scanKeys.replay(id), scanKeys.state(id)]) {
      expect(await redis.ttl(key)).toBeWithin(replayTtlS - 10, replayTtlS + 1);
    }
  });

  test("survive quotes, line breaks, Korean and an empty result", async () => {
    const id = newJob();
    const odd: ScanStep = {
      stage: "vision",
      status: "completed",
      result: { a: '"\n\u0000한글' },
    };
    await emit(id, [{ stage: "queued", status: "started" }, odd]);
    expect((await readReplay(redis, id)).map(({ result }) => result)).toEqual([
      null,
      odd.result ?? null,
    ]);
    expect((await readState(redis, id))?.latest.result).toEqual(odd.result ?? null);
  });

  test("are read as well where an earlier release wrote the whole event", async () => {
    const id = newJob();
    const [event] = events(id, [{ ...step("vision"), result: { of: "before" } }]);
    await redis.hset(scanKeys.replay(id), "11", JSON.stringify(event));
    expect(await readReplay(redis, id)).toEqual([event ?? fail()]);
  });

  test.each([
    ["after a pause", whole.slice(1, 2), 60_001],
    ["at the end", whole.slice(-1), 0],
  ])("renew the time they are kept %s", async (_, later, afterMs) => {
    const id = newJob();
    await emit(id, whole.slice(0, 1));
    const keys = [scanKeys.replay(id), scanKeys.state(id)];
    for (const key of keys) await redis.expire(key, 5);
    const updates = events(id, later).map((event) => ({ ...event, ts: ts + afterMs }));
    await eventLog.emit(userId, updates);
    for (const key of keys) expect(await redis.ttl(key)).toBeGreaterThan(replayTtlS - 10);
  });
});

describe("which events are let in", () => {
  test("the first writer of a seq wins", async () => {
    const id = newJob();
    expect(await emit(id, [step("vision")])).toBe(1);
    const late = { ...step("vision"), result: { of: "another" } };
    expect(await emit(id, [late])).toBe(0);
    await expectSeqs(id, [11]);
    expect((await readReplay(redis, id))[0]?.result).toEqual({ of: "vision" });
  });

  test("a seq only rises: what is behind is dropped, what is ahead comes through", async () => {
    const id = newJob();
    await emit(id, [step("rule")]);
    expect(await emit(id, [step("vision", "started"), step("vision"), step("answer")])).toBe(1);
    await expectSeqs(id, [21, 31]);
  });

  test.each([
    ["completed", "failed"],
    ["failed", "completed"],
  ] as const)("an epoch that ended %s never ends %s as well", async (first, second) => {
    const id = newJob();
    await emit(id, [...whole.slice(0, 3), step("done", first)]);
    expect(await emit(id, [step("done", second)])).toBe(0);
    const latest = (await readState(redis, id))?.latest;
    expect(latest).toMatchObject({ stage: "done", status: first });
    expect((await streamOf(id)).filter(({ stage }) => stage === "done")).toHaveLength(1);
  });

  test("nothing follows an end emitted in the same call", async () => {
    const id = newJob();
    expect(await emit(id, [step("done"), step("done", "failed")])).toBe(1);
    await expectSeqs(id, [51]);
  });

  test("a redrive opens a new epoch with an end of its own, and the old one stays closed", async () => {
    const id = newJob();
    await emit(id, [step("queued", "started"), step("done", "failed")]);
    await emit(id, [step("vision"), step("done")], 1);
    expect(await emit(id, [step("done", "failed")], 1)).toBe(0);
    expect(await emit(id, [step("answer"), step("done")], 0)).toBe(0);
    await expectSeqs(id, [0, 52, epochSize + 11, epochSize + 51]);
  });

  test("of twenty who emit the same at once, one is heard, in order", async () => {
    const id = newJob();
    const others = await Promise.all(
      Array.from({ length: 4 }, () => connectRedis(serviceUrls.REDIS_URL, silentLog)),
    );
    const logs = [eventLog, ...others.map(createEventLog)];
    const written = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        let accepted = 0;
        for (const event of events(id, whole)) {
          accepted += (await logs[n % logs.length]?.emit(userId, [event])) ?? 0;
        }
        return accepted;
      }),
    );
    await Promise.all(others.map((one) => one.quit()));
    await expectSeqs(id, [0, 10, 11, 21, 30, 31, 41, 51]);
    const streamed = await streamOf(id);
    expect(written.reduce((sum, accepted) => sum + accepted)).toBe(streamed.length);
  });
});

describe("settings", () => {
  test("are readable before the event that announces them is", async () => {
    const id = newJob();
    const key = scanKeys.result(id);
    // What a reader of the stream finds at the moment an entry reaches it.
    const reader = await connectRedis(serviceUrls.REDIS_URL, silentLog);
    const shard = scanKeys.events(shardOf(id));
    const [last] = await reader.xrevrange(shard, "+", "-", "COUNT", 1);
    let from = last?.[0] ?? "0";
    const found = (async () => {
      for (;;) {
        const reply = await reader.xread("COUNT", 100, "BLOCK", 2_000, "STREAMS", shard, from);
        const entries = reply?.[0]?.[1] ?? fail();
        if (entries.some(([, fields]) => fields.includes(id))) return reader.get(key);
        from = entries.at(-1)?.[0] ?? from;
      }
    })();
    await eventLog.emit(userId, events(id, [step("done")]), {
      settings: [{ key, value: "ready", ttlS: 30 }],
    });
    expect(await found).toBe("ready");
    expect(await redis.ttl(key)).toBeWithin(20, 31);
    await reader.quit();
  });

  test("with a ttl of 0 delete their key, each on its own", async () => {
    const id = newJob();
    const vision = scanKeys.checkpoint(id, "vision");
    const answer = scanKeys.checkpoint(id, "answer");
    const set = (key: string, value: string, ttlS: number) => ({ key, value, ttlS });
    const paid = [set(vision, "v", 60), set(answer, "a", 60)];
    await eventLog.emit(userId, events(id, [step("vision")]), { settings: paid });
    expect(await redis.mget(vision, answer)).toEqual(["v", "a"]);
    const end = [set(vision, "", 0), set(answer, "b", 60)];
    await eventLog.emit(userId, events(id, [step("done")]), { settings: end });
    expect(await redis.mget(vision, answer)).toEqual([null, "b"]);
    await expectSeqs(id, [11, 51]);
  });

  test("of an epoch that a redrive has left behind are not written", async () => {
    const id = newJob();
    const key = scanKeys.result(id);
    const set = (value: string) => ({ settings: [{ key, value, ttlS: 60 }] });
    await eventLog.emit(userId, events(id, [step("done")], 1), set("of the redrive"));
    await eventLog.emit(userId, events(id, [step("done", "failed")], 0), set("late"));
    expect(await redis.get(key)).toBe("of the redrive");
    await expectSeqs(id, [epochSize + 51]);
  });

  test("and events change together or not at all", async () => {
    const id = newJob();
    await redis.set(scanKeys.state(id), "not a hash");
    const key = scanKeys.result(id);
    const emitted = eventLog.emit(userId, events(id, [step("done")]), {
      settings: [{ key, value: "x", ttlS: 0 }],
    });
    // A wrong type is a defect of ours: waiting would not mend it.
    await expect(emitted).rejects.toMatchObject({ name: "ReplyError" });
    expect(await redis.exists(scanKeys.replay(id))).toBe(0);
    expect(await streamOf(id)).toEqual([]);
  });
});

test("an emit without Redis is refused as UNAVAILABLE, and one tried again is written once", async () => {
  const proxy = startTcpProxy(serviceUrls.REDIS_URL);
  const away = await connectRedis(proxy.url, silentLog);
  const awayLog = createEventLog(away);
  const id = newJob();
  const [event] = events(id, [step("queued", "started")]);
  if (!event) return fail();
  proxy.refuse();
  proxy.reset();
  await until(() => away.status !== "ready");
  await expect(awayLog.emit("u", [event])).rejects.toMatchObject({ code: "UNAVAILABLE" });
  proxy.heal();
  expect(await until(() => awayLog.emit("u", [event]).catch(() => undefined))).toBe(1);
  expect(await awayLog.emit("u", [event])).toBe(0);
  expect(await readReplay(redis, id)).toHaveLength(1);
  away.disconnect();
  proxy.stop();
});

describe("the shard of a job", () => {
  test("is the first 8 bytes of its md5, big-endian, mod 4", () => {
    // Taken with: printf %s ID | md5sum | cut -c1-16, then mod 4 by its last hex digit.
    const shards = ["0", "1", "2", "3"].map((n) =>
      shardOf(`0190a1b2-0000-7000-8000-00000000000${n}`),
    );
    expect(shards).toEqual([2, 3, 0, 1]);
  });

  test("is spread evenly", () => {
    const shards = Array.from({ length: 4_000 }, () => shardOf(Bun.randomUUIDv7()));
    for (const shard of [0, 1, 2, 3]) {
      expect(shards.filter((one) => one === shard).length).toBeWithin(850, 1_150);
    }
  });
});

describe("a cached result", () => {
  test("is read with its owner, and is unknown when it is not there", async () => {
    const id = newJob();
    const error = { code: "MODEL_REFUSED", message: "이 사진은 분석할 수 없어요." };
    const result = { status: "failed", vision: null, answer: null, reward: null, error } as const;
    expect(await readCachedResult(redis, id)).toBeUndefined();
    await redis.set(scanKeys.result(id), compressResult({ userId, result }), "EX", 60);
    expect(await readCachedResult(redis, id)).toEqual({ userId, result });
  });
});

function fail(): never {
  throw new Error("missing");
}
