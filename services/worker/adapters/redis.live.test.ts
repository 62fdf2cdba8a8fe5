import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Redis } from "ioredis";
import type { StoredResult } from "#lib/contract/scan-result.ts";
import { connectRedis } from "#lib/redis/client.ts";
import { readCachedResult, readReplay, readState } from "#lib/redis/read-scan.ts";
import { scanKeys } from "#lib/redis/scan-keys.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { message, petAnswer, petVision } from "../rehearsal.ts";
import type { Run, ScanLog } from "../scan-log.ts";
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
function newRun(redrive = 0): Run {
  return {
    message: { ...message, job_id: Bun.randomUUIDv7(), user_id: newUser() },
    redrive,
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

  test("gives back the checkpoints it was given, each for its time, and none it was not", async () => {
    const run = newRun();
    const { job_id } = run.message;
    expect(await log.checkpoint(job_id, "vision")).toBeUndefined();
    await log.announce(run, completed("vision"), { checkpoint: { vision: petVision } });
    expect(await log.checkpoint(job_id, "vision")).toEqual(petVision);
    expect(await log.checkpoint(job_id, "answer")).toBeUndefined();
    await log.announce(run, completed("answer"), { checkpoint: { answer: petAnswer } });
    expect(await log.checkpoint(job_id, "answer")).toEqual(petAnswer);
    const ttlS = await redis.ttl(scanKeys.checkpoint(job_id, "vision"));
    expect(ttlS).toBeGreaterThan(70);
    expect(ttlS).toBeLessThanOrEqual(77);
  });

  test("keeps a checkpoint even when its event was told before: a redelivery needs it", async () => {
    const run = newRun();
    await log.announce(run, completed("vision"));
    await log.announce(run, completed("vision"), { checkpoint: { vision: petVision } });
    expect(await log.checkpoint(run.message.job_id, "vision")).toEqual(petVision);
    expect(await readReplay(redis, run.message.job_id)).toHaveLength(1);
  });

  test("ends with the result readable and nothing left that only a running job needs", async () => {
    const run = newRun();
    const { job_id, user_id } = run.message;
    const checkpoint = { vision: petVision, answer: petAnswer };
    await log.announce(run, completed("vision"), { checkpoint });
    await log.announce(run, ended, { result });
    expect(await readCachedResult(redis, job_id)).toEqual({ userId: user_id, result });
    expect(await log.checkpoint(job_id, "vision")).toBeUndefined();
    expect(await log.checkpoint(job_id, "answer")).toBeUndefined();
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
