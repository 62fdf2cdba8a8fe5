import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import amqp, { type ChannelModel, type ConfirmChannel } from "amqplib";
import { eq } from "drizzle-orm";
import type { Redis } from "ioredis";
import { createChatStore } from "#lib/chat-store/chat-store.ts";
import { createMessageStore } from "#lib/chat-store/message-store.ts";
import { systemClock } from "#lib/clock/clock.ts";
import { TASK_NAMES } from "#lib/contract/task.ts";
import { connectDatabase, type Database } from "#lib/db/client.ts";
import { migrate } from "#lib/db/migrate.ts";
import { scans } from "#lib/db/schema.ts";
import { Fault } from "#lib/error/fault.ts";
import { assertTopology } from "#lib/queue/assert-topology.ts";
import { ConfirmedChannel } from "#lib/queue/confirmed-channel.ts";
import { countMessages, takeDeadLetters } from "#lib/queue/dead-letters.ts";
import { connectRedis } from "#lib/redis/client.ts";
import { endScan, failScan } from "#lib/scan/end-scan.ts";
import type { ScanMessage } from "#lib/scan/scan-message.ts";
import type { StoredResult } from "#lib/scan/scan-result.ts";
import type { EndDeadLetterDeps } from "#lib/scan/settle-dead-letter.ts";
import { readCachedResult, readReplay, readState } from "#lib/scan-store/read-scan.ts";
import { createResultStore } from "#lib/scan-store/result-store.ts";
import { scanKeys } from "#lib/scan-store/scan-keys.ts";
import { createScanStore, type ScanStore } from "#lib/scan-store/scan-store.ts";
import { glassAnswer, glassVision, scanMessage } from "#lib/testing/scan-message.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";
import { purgeQueues } from "#lib/testing/wipe.ts";
import { createLeader, type Leader } from "../adapters/leader.ts";
import { runOnce } from "./redrive.ts";

const trace = "c".repeat(32);
const task = "scan.answer";

describe("the redrive", () => {
  let connection: ChannelModel;
  let channel: ConfirmChannel;
  let confirmed: ConfirmedChannel;
  let redis: Redis;
  let database: Database;
  let ends: EndDeadLetterDeps;
  let scanStore: ScanStore;
  const leaders: Leader[] = [];
  /** Of this run alone: a worker of somebody else's tests may hold the real one. */
  const leaseKey = `test:leader:${crypto.randomUUID()}`;

  beforeAll(async () => {
    await migrate(serviceUrls.DATABASE_URL);
    database = await connectDatabase(serviceUrls.DATABASE_URL);
    redis = await connectRedis(serviceUrls.REDIS_URL, silentLog);
    connection = await amqp.connect(serviceUrls.AMQP_URL);
    channel = await connection.createConfirmChannel();
    confirmed = new ConfirmedChannel(channel);
    await assertTopology(channel);
    scanStore = createScanStore(redis, systemClock);
    const clock = systemClock;
    const messages = createMessageStore(database, clock);
    const chats = { events: createChatStore(redis, clock), messages };
    ends = { events: scanStore, results: createResultStore(database), clock, chats };
  });
  const purge = () => purgeQueues(channel);
  beforeEach(async () => {
    await Promise.all(leaders.splice(0).map((leader) => leader.close()));
    await purge();
  });
  afterAll(async () => {
    await purge();
    await Promise.all(leaders.map((leader) => leader.close()));
    await connection.close();
    await redis.quit();
    await database.close();
  });

  const newJob = () => scanMessage({ vision: glassVision });
  function newRedriver(on = confirmed, ending = ends) {
    const leader = createLeader(redis, { key: leaseKey, leaseMs: 60_000 });
    leaders.push(leader);
    return {
      tasks: TASK_NAMES,
      lead: leader.lead,
      count: (queue: string) => countMessages(on, queue),
      take: (queue: string, max: number) => takeDeadLetters(on, queue, max),
      ending,
      clock: systemClock,
    };
  }
  async function bury(body: unknown, redrive = 0, diedMsAgo?: number): Promise<void> {
    const content = Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
    const time = { "!": "timestamp", value: Math.floor((Date.now() - (diedMsAgo ?? 0)) / 1_000) };
    const headers = {
      traceparent: `00-${trace}-${"d".repeat(16)}-01`,
      "x-redrive": redrive,
      ...(diedMsAgo !== undefined && { "x-death": [{ queue: task, reason: "expired", time }] }),
    };
    channel.sendToQueue(`dlq.${task}`, content, { headers, persistent: true });
    await channel.waitForConfirms();
  }
  const depth = async (queue: string) => (await channel.checkQueue(queue)).messageCount;
  async function takeOnly(queue: string) {
    const message = await channel.get(queue, { noAck: true });
    expect(await depth(queue)).toBe(0);
    if (message === false) throw new Error(`${queue} is empty`);
    return message;
  }
  const run = ({ ...message }: ScanMessage, epoch: number) => ({ message, epoch });
  const completed: StoredResult = {
    status: "completed",
    vision: glassVision,
    answer: glassAnswer,
    reward: null,
    error: null,
  };

  test("returns a dead letter to its task as a fresh message of the next epoch", async () => {
    const job = newJob();
    const headers = {
      traceparent: `00-${trace}-${"d".repeat(16)}-01`,
      "x-attempt": 2,
      "x-other": 1,
    };
    channel.sendToQueue(task, Buffer.from(JSON.stringify(job)), { headers, replyTo: "somebody" });
    await channel.waitForConfirms();
    const dying = await until(async () => (await channel.get(task)) || undefined);
    channel.reject(dying, false);
    await until(async () => (await depth(`dlq.${task}`)) === 1);

    expect(await runOnce(newRedriver())).toEqual([{ task, outcome: "revived", jobId: job.job_id }]);
    const fresh = await takeOnly(task);
    expect(JSON.parse(fresh.content.toString())).toEqual(job);
    // The delivery count is the broker's own.
    const { traceparent, "x-delivery-count": _, ...counts } = fresh.properties.headers ?? {};
    expect(counts).toEqual({ "x-attempt": 0, "x-redrive": 1 });
    expect(String(traceparent)).toContain(trace);
    expect(fresh.properties.replyTo).toBeUndefined();
    expect(await depth(`dlq.${task}`)).toBe(0);
  });

  test("archives a message after its third redrive, its scan having failed in that epoch", async () => {
    const job = newJob();
    await bury(job, 3);
    expect(await runOnce(newRedriver())).toMatchObject([{ outcome: "archived" }]);
    const archived = await takeOnly(`archive.${task}`);
    expect(JSON.parse(archived.content.toString())).toEqual(job);
    expect(archived.properties.headers?.["x-redrive"]).toBe(3);
    expect((await readState(redis, job.job_id))?.latest).toMatchObject({
      seq: 352,
      stage: "done",
      status: "failed",
      result: { code: "EXPIRED" },
    });
  });

  test("archives what it cannot read as it is, and serves its neighbours", async () => {
    await bury("not json");
    await bury({ ...newJob(), vision: undefined });
    await bury(newJob());
    const moved = await runOnce(newRedriver());
    expect(moved.map(({ outcome }) => outcome)).toEqual(["archived", "archived", "revived"]);
    const first = await channel.get(`archive.${task}`, { noAck: true });
    expect(first ? String(first.content) : "").toBe("not json");
    expect(await depth(`archive.${task}`)).toBe(1);
  });

  test("ends a scan that no worker ended before its message returns", async () => {
    const job = newJob();
    await bury(job);
    await runOnce(newRedriver());
    expect((await readReplay(redis, job.job_id)).map(({ seq }) => seq)).toEqual([32, 52]);
    expect((await readCachedResult(redis, job.job_id))?.result).toMatchObject({
      status: "failed",
      error: { code: "EXPIRED" },
    });
  });

  test("leaves the end a worker has announced as it is", async () => {
    const job = newJob();
    await failScan(ends, run(job, 0), "answer", new Fault("MODEL_UNAVAILABLE"));
    const before = await readReplay(redis, job.job_id);
    await bury(job);
    await runOnce(newRedriver());
    expect(await readReplay(redis, job.job_id)).toEqual(before);
    expect(before.at(-1)).toMatchObject({ seq: 52, result: { code: "MODEL_UNAVAILABLE" } });
  });

  test("lets a redriven job complete, after which its first epoch changes nothing", async () => {
    const job = newJob();
    await failScan(ends, run(job, 0), "answer", new Fault("MODEL_UNAVAILABLE"));
    await endScan(ends, run(job, 1), "reward", completed);
    const seen = async () => ({
      replay: await readReplay(redis, job.job_id),
      state: await readState(redis, job.job_id),
      cached: (await readCachedResult(redis, job.job_id))?.result,
      stored: await database.call((db) =>
        db.select().from(scans).where(eq(scans.jobId, job.job_id)),
      ),
      checkpoints: await redis.keys(`scan:checkpoint:${job.job_id}:*`),
    });
    const before = await seen();
    expect(before.replay.map(({ seq }) => seq)).toEqual([32, 52, 141, 151]);
    expect(before).toMatchObject({
      cached: completed,
      stored: [{ result: completed, redrive: 1 }],
      checkpoints: [],
    });

    const stale = {
      status: "failed",
      vision: glassVision,
      answer: null,
      reward: null,
      error: null,
    } as const;
    await scanStore.emit(
      run(job, 0),
      { stage: "answer", status: "completed" },
      { answer: glassAnswer },
    );
    await scanStore.emitEnd(run(job, 0), [{ stage: "done", status: "failed" }], stale);
    expect(await seen()).toEqual(before);
    await failScan(ends, run(job, 0), "answer", new Fault("MODEL_TIMEOUT"));
    await endScan(ends, run(job, 0), "reward", { ...completed, answer: null });
    expect(await seen()).toEqual(before);
  });

  test("a completed scan stays completed when a later epoch of it dies", async () => {
    const job = newJob();
    await endScan(ends, run(job, 0), "reward", completed);
    await failScan(ends, run(job, 1), "answer", new Fault("MODEL_UNAVAILABLE"));
    expect((await readCachedResult(redis, job.job_id))?.result).toEqual(completed);
    expect((await readState(redis, job.job_id))?.latest).toMatchObject({ status: "completed" });
  });

  test("removes a dead letter whose scan has completed: running it would only cost", async () => {
    const job = newJob();
    await endScan(ends, run(job, 0), "reward", completed);
    await bury(job);
    expect(await runOnce(newRedriver())).toMatchObject([{ outcome: "removed" }]);
    expect([await depth(task), await depth(`dlq.${task}`)]).toEqual([0, 0]);
  });

  test("a failed scan keeps what it has paid for, a completed one does not", async () => {
    const job = newJob();
    const key = scanKeys.checkpoint(job.job_id, "vision");
    await scanStore.emit(
      run(job, 0),
      { stage: "vision", status: "completed" },
      { vision: glassVision },
    );
    await failScan(ends, run(job, 0), "rule", new Fault("INTERNAL"));
    expect(await redis.exists(key)).toBe(1);
    await endScan(ends, run(job, 1), "reward", completed);
    expect(await redis.exists(key)).toBe(0);
  });

  test("two at once redrive once, however many processes there are", async () => {
    for (let i = 0; i < 15; i++) await bury(newJob());
    const other = await connection.createConfirmChannel();
    const redrivers = [newRedriver(), newRedriver(new ConfirmedChannel(other))];
    const moved = await Promise.all(redrivers.map(runOnce));
    expect(moved.map((one) => one.length).sort()).toEqual([0, 15]);
    expect([await depth(task), await depth(`dlq.${task}`)]).toEqual([15, 0]);
    await other.close();
  });

  describe("takes what the load allows:", () => {
    const day = 24 * 3_600_000;
    const waiting = 150;
    async function fill(queue: string, messages: number): Promise<void> {
      for (let i = 0; i < messages; i++) channel.sendToQueue(queue, Buffer.from("{}"));
      await channel.waitForConfirms();
    }

    test("everything while workers take it, also more than may wait at once", async () => {
      await Promise.all(Array.from({ length: 450 }, () => bury(newJob())));
      const worker = await connection.createChannel();
      await worker.consume(task, () => undefined, { noAck: true });
      const counted = newRedriver();
      // A passive declare may be ahead of a delivery.
      const count = async (queue: string) => (queue === task ? 0 : counted.count(queue));
      expect(await runOnce({ ...counted, count })).toHaveLength(450);
      expect(await depth(`dlq.${task}`)).toBe(0);
      await worker.close();
    });

    test("only up to a bound while they do not; the rest stays for the next round", async () => {
      await fill(task, waiting);
      await Promise.all(Array.from({ length: 70 }, () => bury(newJob())));
      expect(await runOnce(newRedriver())).toHaveLength(50);
      await until(async () => (await depth(`dlq.${task}`)) === 20);
      expect(await runOnce(newRedriver())).toEqual([]);
      await until(async () => (await depth(`dlq.${task}`)) === 20);
    });

    test("one that is about to expire is archived all the same, and its scan ends", async () => {
      await fill(task, 300);
      const [old, young] = [newJob(), newJob()];
      await bury(old, 0, 6.1 * day);
      await bury(young, 0, 5.9 * day);
      expect(await runOnce(newRedriver())).toEqual([
        { task, outcome: "archived", jobId: old.job_id },
      ]);
      const latest = async ({ job_id }: ScanMessage) => (await readState(redis, job_id))?.latest;
      expect(await latest(old)).toMatchObject({ stage: "done", result: { code: "EXPIRED" } });
      expect(await latest(young)).toBeUndefined();
      await until(async () => (await depth(`dlq.${task}`)) === 1);
      expect(await depth(`archive.${task}`)).toBe(1);
    });

    test("one of those that dies again at once waits for the next round", async () => {
      await bury(newJob());
      const redriver = newRedriver();
      const take = async (queue: string, max: number) => {
        const taken = await redriver.take(queue, max);
        if (taken.length > 0) await bury(newJob(), 1);
        return taken;
      };
      expect(await runOnce({ ...redriver, take })).toHaveLength(1);
    });
  });

  test("the lead passes on when its holder goes", async () => {
    const [first, second] = [newRedriver(), newRedriver()];
    expect([await first.lead(), await second.lead(), await first.lead()]).toEqual([
      true,
      false,
      true,
    ]);
    await leaders[0]?.close();
    await until(() => second.lead());
  });

  test("the lead passes on when its holder has died, with the end of its lease", async () => {
    const key = `test:leader:${crypto.randomUUID()}`;
    const [first, second] = [100, 60_000].map((leaseMs) => createLeader(redis, { key, leaseMs }));
    expect([await first?.lead(), await second?.lead()]).toEqual([true, false]);
    await until(() => second?.lead());
    expect(await first?.lead()).toBe(false);
    await second?.close();
  });

  test("leaves the dead letters where they are when a service is away", async () => {
    await bury(newJob());
    await bury(newJob());
    const away = await connectRedis(serviceUrls.REDIS_URL, silentLog);
    away.disconnect();
    const events = createScanStore(away, systemClock);
    const round = runOnce(newRedriver(confirmed, { ...ends, events }));
    expect(round).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await round.catch(() => undefined);
    await until(async () => (await depth(`dlq.${task}`)) === 2);
    expect(await depth(task)).toBe(0);
  });

  test("a dead letter may be read as often as one likes", async () => {
    const job = newJob();
    await bury(job, 2);
    for (let i = 0; i < 30; i++) {
      const [deadLetter] = await until(async () => {
        const taken = await takeDeadLetters(confirmed, `dlq.${task}`, 1);
        return taken.length === 1 ? taken : undefined;
      });
      expect(deadLetter).toMatchObject({ epoch: 2, body: job });
      await deadLetter?.requeue();
    }
    const last = await until(async () => (await channel.get(`dlq.${task}`)) || undefined);
    // A broker that counts would have dropped it after 20.
    expect(Number(last.properties.headers?.["x-delivery-count"] ?? 0)).toBeLessThanOrEqual(11);
    channel.ack(last);
  });
});
