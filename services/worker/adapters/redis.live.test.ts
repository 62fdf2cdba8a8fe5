import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Redis } from "ioredis";
import { connectRedis } from "#lib/redis/client.ts";
import type { ScanRun } from "#lib/scan/scan-message.ts";
import type { StoredResult } from "#lib/scan/scan-result.ts";
import { readCachedResult, readReplay, readState } from "#lib/scan-store/read-scan.ts";
import { scanKeys } from "#lib/scan-store/scan-keys.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { message, petAnswer, petVision } from "../rehearsal.ts";
import type { ScanLog } from "../scan-log.ts";
import { createReservations, createScanLog } from "./redis.ts";

const clock = { now: () => 1_800_000_000_000 };
const result: StoredResult = {
  status: "completed",
  vision: petVision,
  answer: petAnswer,
  reward: null,
  error: null,
};

let redis: Redis;
beforeAll(async () => {
  redis = await connectRedis(serviceUrls.REDIS_URL, silentLog);
});
afterAll(() => redis.disconnect());

const newUser = () => `user-${crypto.randomUUID()}`;
function newRun(epoch = 0): ScanRun {
  return {
    message: { ...message, job_id: Bun.randomUUIDv7(), user_id: newUser() },
    epoch,
  };
}

describe("the scan log", () => {
  let log: ScanLog;
  beforeAll(() => {
    log = createScanLog(redis, { clock, checkpointTtlS: 77 });
  });
  const completed = (stage: "vision" | "answer") => [{ stage, status: "completed" }] as const;
  const ended = [
    { stage: "reward", status: "completed" },
    { stage: "done", status: "completed" },
  ] as const;

  test("begins a stage by announcing it, and again when it comes again", async () => {
    const run = newRun();
    const { job_id } = run.message;
    expect(await log.begin(run, "vision")).toBe("begun");
    expect(await readReplay(redis, job_id)).toMatchObject([{ seq: 10, ts: clock.now() }]);
    expect(await log.begin(run, "vision")).toBe("begun");
    expect(await readReplay(redis, job_id)).toHaveLength(1);
  });

  test("gives back the checkpoints it was given, each for its time, and none it was not", async () => {
    const run = newRun();
    const { job_id } = run.message;
    await log.announce(run, completed("vision"), { checkpoint: { vision: petVision } });
    expect(await log.begin(run, "vision")).toEqual({ output: petVision });
    expect(await log.begin(run, "answer")).toBe("begun");
    await log.announce(run, completed("answer"), { checkpoint: { answer: petAnswer } });
    expect(await log.begin(run, "answer")).toEqual({ output: petAnswer });
    const ttlS = await redis.ttl(scanKeys.checkpoint(job_id, "vision"));
    expect(ttlS).toBeGreaterThan(70);
    expect(ttlS).toBeLessThanOrEqual(77);
  });

  test("keeps a checkpoint even when its event was told before: a redelivery needs it", async () => {
    const run = newRun();
    await log.announce(run, completed("vision"));
    await log.announce(run, completed("vision"), { checkpoint: { vision: petVision } });
    expect(await log.begin(run, "vision")).toEqual({ output: petVision });
    expect(await readReplay(redis, run.message.job_id)).toHaveLength(1);
  });

  test("begins nothing of an epoch that has ended, but of the next one", async () => {
    const run = newRun();
    await log.announce(run, ended, { result });
    expect(await log.begin(run, "vision")).toBe("over");
    expect(await log.begin({ ...run, epoch: 1 }, "answer")).toBe("begun");
    expect(await log.begin(run, "vision")).toBe("over");
    const seqs = (await readReplay(redis, run.message.job_id)).map(({ seq }) => seq);
    expect(seqs).toEqual([41, 51, 130]);
  });

  test("refuses a cancelled job, also one with a checkpoint, and announces nothing of it", async () => {
    const run = newRun();
    const { job_id } = run.message;
    await log.announce(run, completed("vision"), { checkpoint: { vision: petVision } });
    const rule = [{ stage: "rule", status: "completed" }] as const;
    await redis.set(scanKeys.cancel(job_id), "sealed", "EX", 60);
    expect(await log.begin(run, "answer")).toBe("begun");
    await redis.set(scanKeys.cancel(job_id), "cancelled", "EX", 60);
    const refused = { code: "CANCELLED" };
    await expect(log.begin(run, "vision")).rejects.toMatchObject(refused);
    await expect(log.begin(run, "answer")).rejects.toMatchObject(refused);
    await expect(log.announceUnlessCancelled(run, rule)).rejects.toMatchObject(refused);
    expect((await readReplay(redis, job_id)).map(({ seq }) => seq)).toEqual([11, 30]);
    // What a stage has paid for is kept and told, also when the cancel comes meanwhile.
    await log.announce(run, completed("answer"), { checkpoint: { answer: petAnswer } });
    expect((await readReplay(redis, job_id)).at(-1)).toMatchObject({ seq: 31 });
  });

  test("ends with the result readable and nothing left that only a running job needs", async () => {
    const run = newRun();
    const { job_id, user_id } = run.message;
    const checkpoint = { vision: petVision, answer: petAnswer };
    await log.announce(run, completed("vision"), { checkpoint });
    await log.announce(run, ended, { result });
    expect(await readCachedResult(redis, job_id)).toEqual({ userId: user_id, result });
    const { checkpoint: key } = scanKeys;
    expect(await redis.exists(key(job_id, "vision"), key(job_id, "answer"))).toBe(0);
    expect(await readState(redis, job_id)).toMatchObject({ userId: user_id, latest: { seq: 51 } });
    const ttlS = await redis.ttl(scanKeys.result(job_id));
    expect(ttlS).toBeGreaterThan(3_500);
    expect(ttlS).toBeLessThanOrEqual(3_600);
  });

  test("tells what happens in the epoch of its redrive, and stamps it with the clock", async () => {
    const run = newRun(2);
    await log.announce(run, completed("vision"));
    const [event] = await readReplay(redis, run.message.job_id);
    expect(event).toMatchObject({ seq: 211, ts: clock.now(), progress: 25 });
  });
});

describe("reserving a character", () => {
  test("has exactly one holder, whom everybody is told of, and is kept for a while only", async () => {
    const { reserve } = createReservations(redis);
    const user = newUser();
    const jobs = Array.from({ length: 40 }, () => Bun.randomUUIDv7());
    const holders = await Promise.all(jobs.map((job) => reserve(user, "char-petty", job)));
    expect(new Set(holders).size).toBe(1);
    expect(jobs).toContain(holders[0] ?? "");
    expect(await reserve(user, "char-petty", holders[0] ?? "")).toBe(holders[0] ?? "");
    const ttlS = await redis.ttl(`character:reservation:${user}:char-petty`);
    expect(ttlS).toBeGreaterThan(60);
    expect(ttlS).toBeLessThanOrEqual(3_600);
  });

  test("of another character, or by another user, is another reservation", async () => {
    const { reserve } = createReservations(redis);
    const [one, two] = [newUser(), newUser()];
    await reserve(one, "char-petty", "job-1");
    expect(await reserve(one, "char-bini", "job-2")).toBe("job-2");
    expect(await reserve(two, "char-petty", "job-3")).toBe("job-3");
  });
});
