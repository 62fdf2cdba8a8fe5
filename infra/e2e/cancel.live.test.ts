import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import amqp, { type Channel, type ChannelModel } from "amqplib";
import { Redis } from "ioredis";
import postgres from "postgres";
import { TASK_NAMES } from "#lib/contract/task.ts";
import { isTerminal } from "#lib/scan/epoch.ts";
import type { ScanEvent } from "#lib/scan/scan-event.ts";
import { cancelChannel, scanKeys } from "#lib/scan-store/scan-keys.ts";
import { petAnswer, petVision } from "#lib/testing/pet-bottle.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";
import { untraced } from "#lib/testing/untraced.ts";
import { type Harness, scan, startHarness, uploadPhoto, workerCommand } from "./harness.ts";

/** From the DELETE to the end of the stream, and to the provider's loss of the connection. */
const deadlineMs = 1_000;

let eco2: Harness;
let broker: ChannelModel;
let channel: Channel;

beforeAll(async () => {
  broker = await amqp.connect(serviceUrls.AMQP_URL);
  channel = await broker.createChannel();
});
afterAll(() => broker.close());

const depthOf = async (queue: string) => (await channel.checkQueue(queue)).messageCount;

const waiting = async () => (await depthOf("retry.1s")) + (await depthOf("retry.5s"));

const cancel = (userId: string, jobId: string) =>
  fetch(`${eco2.origin}/api/v1/scan/${jobId}`, {
    method: "DELETE",
    headers: { "x-user-id": userId },
  });

async function codeOf(response: Response): Promise<[number, string]> {
  return [response.status, (await response.json()).code];
}

/** A running scan whose events are gathered as they come. */
async function submit(userInput = "") {
  const { id, api } = eco2.newUser();
  const job = await api.submit(await uploadPhoto(api), userInput);
  const events: ScanEvent[] = [];
  const ended = api.follow(job.stream_url, (event) => events.push(event));
  return { id, api, ...job, events, ended, result: () => api.result(job.result_url) };
}
type Running = Awaited<ReturnType<typeof submit>>;

/** DELETEs, and waits for the stream to end. */
async function cancelAndTime({ id, job_id, ended }: Running): Promise<number> {
  const startedAt = performance.now();
  const response = await cancel(id, job_id);
  expect([response.status, await response.json()]).toEqual([202, { job_id, status: "cancelling" }]);
  await ended;
  return performance.now() - startedAt;
}

async function expectCancelled(running: Running): Promise<void> {
  const error = { code: "CANCELLED", message: expect.stringContaining("취소") };
  expect(running.events.filter(({ seq }) => isTerminal(seq))).toHaveLength(1);
  expect(running.events.at(-1)).toMatchObject({ stage: "done", status: "failed", result: error });
  expect(await running.result()).toMatchObject({ status: "failed", reward: null, error });
}

function resetModel(): void {
  eco2.model.reset();
  eco2.model.always("vision", petVision);
  eco2.model.always("answer", petAnswer);
}

describe("DELETE /scan/{job_id}", () => {
  const sql = postgres(serviceUrls.DATABASE_URL, { max: 2, onnotice: () => undefined });
  const redis = new Redis(serviceUrls.REDIS_URL);
  beforeAll(async () => {
    eco2 = await startHarness();
  }, 60_000);
  beforeEach(resetModel);
  afterAll(async () => {
    await eco2?.stop();
    await sql.end();
    redis.disconnect();
  });

  test.each(["vision", "answer"] as const)(
    "breaks off a %s call that hangs, and ends the stream within 1 s",
    async (stage) => {
      eco2.model.next(stage, { break: "hang" });
      const arrival = eco2.model.arrival(stage);
      const running = await submit();
      await arrival;
      const aborted = until(() => eco2.model.aborts[stage] === 1, { timeoutMs: 3_000 });
      const startedAt = performance.now();
      expect(await cancelAndTime(running)).toBeLessThan(deadlineMs);
      await aborted;
      expect(performance.now() - startedAt).toBeLessThan(deadlineMs);
      await expectCancelled(running);
      expect(running.events.at(-2)).toMatchObject({ stage, status: "failed" });
      const calls = stage === "vision" ? { vision: 1, answer: 0 } : { vision: 1, answer: 1 };
      expect(eco2.model.counts).toEqual(calls);
    },
  );

  test("reaches a scan that waits in a retry queue, and no further try is paid", async () => {
    eco2.model.always("vision", { status: 500 });
    const running = await submit();
    await until(async () => (await waiting()) > 0);
    expect(await cancelAndTime(running)).toBeLessThan(deadlineMs);
    await until(async () => (await waiting()) + (await depthOf("scan.vision")) === 0);
    await expectCancelled(running);
    expect(eco2.model.counts).toEqual({ vision: 1, answer: 0 });
  }, 20_000);

  test("is carried out by the worker when the process that took it dies half-way", async () => {
    eco2.model.next("vision", { break: "hang" });
    const arrival = eco2.model.arrival("vision");
    const running = await submit();
    await arrival;
    await redis.set(scanKeys.cancel(running.job_id), "cancelled", "EX", 60);
    await redis.publish(cancelChannel, running.job_id);
    await running.ended;
    await expectCancelled(running);
    expect(running.events.map(({ seq }) => seq)).toEqual([0, 10, 12, 52]);
  });

  test("sent twice, and once more after the end, is answered alike and ends the scan once", async () => {
    eco2.model.next("vision", { break: "hang" });
    const arrival = eco2.model.arrival("vision");
    const running = await submit();
    await arrival;
    const both = await Promise.all([1, 2].map(() => cancel(running.id, running.job_id)));
    await running.ended;
    const third = await cancel(running.id, running.job_id);
    for (const response of [...both, third]) {
      expect(response.status).toBe(202);
      expect(await response.json()).toEqual({ job_id: running.job_id, status: "cancelling" });
    }
    await expectCancelled(running);
  });

  test("of another user's scan is a 404 like that of an unknown one, and cancels nothing", async () => {
    eco2.model.next("vision", { ...petVision, delayMs: 500 });
    const arrival = eco2.model.arrival("vision");
    const running = await submit();
    await arrival;
    const stranger = eco2.newUser().id;
    const other = await cancel(stranger, running.job_id);
    const unknown = await cancel(stranger, crypto.randomUUID());
    expect([other.status, await untraced(other)]).toEqual([404, await untraced(unknown)]);
    await running.ended;
    expect((await running.result()).status).toBe("completed");
    expect((await cancel(stranger, running.job_id)).status).toBe(404);
    expect(await codeOf(await cancel(stranger, "1"))).toEqual([400, "INVALID_JOB_ID"]);
  });

  test("of a finished scan is a 409, also when Redis has forgotten it, and changes nothing", async () => {
    const { id, api } = eco2.newUser();
    const { job_id, result_url, result } = await scan(api);
    expect(await codeOf(await cancel(id, job_id))).toEqual([409, "SCAN_FINISHED"]);
    await redis.del(...(await redis.keys(`scan:*:${job_id}*`)));
    expect(await codeOf(await cancel(id, job_id))).toEqual([409, "SCAN_FINISHED"]);
    expect(await api.result(result_url)).toEqual(result);
  });

  test("is not implied by a client that disconnects", async () => {
    eco2.model.next("vision", { ...petVision, delayMs: 400 });
    const arrival = eco2.model.arrival("vision");
    const { id, api } = eco2.newUser();
    const job = await api.submit(await uploadPhoto(api), "");
    const leaving = new AbortController();
    const headers = { "x-user-id": id };
    await fetch(eco2.origin + job.stream_url, { headers, signal: leaving.signal });
    await arrival;
    leaving.abort();
    await api.follow(job.stream_url, () => undefined);
    expect((await api.result(job.result_url)).status).toBe("completed");
  });

  test("racing the end: one terminal event, and event, result, answer and grant agree", async () => {
    const ends: Record<string, number> = { completed: 0, failed: 0 };
    const grants = (userId: string) =>
      sql`select 1 from character.character_ownerships where user_id = ${userId}`;
    const cancelled: string[] = [];
    const startedAt = performance.now();
    await (await submit()).ended;
    const scanMs = performance.now() - startedAt;
    for (let i = 0; i < 50; i++) {
      const running = await submit();
      // From the start of a scan to a little after its end.
      await Bun.sleep(((i % 25) / 20) * scanMs);
      const response = await cancel(running.id, running.job_id);
      await running.ended;
      const { status, error, reward } = await running.result();
      const terminal = running.events.filter(({ seq }) => isTerminal(seq));
      expect(terminal.map((event) => event.status)).toEqual([status]);
      expect([status, response.status]).toEqual(
        status === "completed" ? ["completed", 409] : ["failed", 202],
      );
      ends[status] = (ends[status] ?? 0) + 1;
      if (status === "completed") {
        expect(reward?.received).toBe(true);
        await until(async () => (await grants(running.id)).length === 1);
      } else {
        expect(error?.code).toBe("CANCELLED");
        cancelled.push(running.id);
      }
    }
    for (const userId of cancelled) expect(await grants(userId)).toHaveLength(0);
    // Without both there was no race.
    expect(Math.min(ends.completed ?? 0, ends.failed ?? 0)).toBeGreaterThan(0);
  }, 60_000);
});

describe("DELETE of a scan that no worker has taken", () => {
  beforeAll(async () => {
    const rest = TASK_NAMES.filter((name) => name !== "scan.vision");
    eco2 = await startHarness({}, workerCommand(rest));
  }, 60_000);
  beforeEach(resetModel);
  afterEach(async () => {
    await until(async () => (await depthOf("scan.vision")) === 0);
  });
  afterAll(() => eco2?.stop());

  test("ends it within 1 s, and the worker that finds it later pays no model", async () => {
    const running = await submit("이거 뭐예요?");
    expect(await cancelAndTime(running)).toBeLessThan(deadlineMs);
    await expectCancelled(running);
    expect(running.events.map(({ seq }) => seq)).toEqual([0, 12, 52]);
    const history = await fetch(`${eco2.origin}/api/v1/scan`, {
      headers: { "x-user-id": running.id },
    });
    expect((await history.json()).items).toMatchObject([
      { job_id: running.job_id, status: "failed", user_input: "이거 뭐예요?" },
    ]);

    const other = await submit();
    const worker = eco2.startWorker(["scan.vision"]);
    await other.ended;
    expect((await other.result()).status).toBe("completed");
    await worker.end("SIGTERM");
    expect(eco2.model.counts).toEqual({ vision: 1, answer: 1 });
    const seqs: number[] = [];
    await running.api.follow(running.stream_url, ({ seq }) => seqs.push(seq));
    expect(seqs).toEqual([0, 12, 52]);
  }, 30_000);
});
