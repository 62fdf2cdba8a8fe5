import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import amqp, { type ChannelModel, type ConfirmChannel } from "amqplib";
import type { Redis } from "ioredis";
import { figuresKeys } from "#lib/contract/figures.ts";
import { connectDatabase, type Database } from "#lib/db/client.ts";
import { migrate } from "#lib/db/migrate.ts";
import { audit } from "#lib/db/schema.ts";
import { type App, createApp } from "#lib/http/create-app.ts";
import { type Broker, connectBroker } from "#lib/queue/broker.ts";
import { connectRedis } from "#lib/redis/client.ts";
import { readState } from "#lib/scan-store/read-scan.ts";
import { glassVision, scanMessage } from "#lib/testing/scan-message.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";
import { purgeQueues } from "#lib/testing/wipe.ts";
import { opsRoutes } from "./main-routes.ts";

const words = "이것은 아주 긴 질문이라서 전부 보여 주지 않아요";
const admin = () => `admin-${crypto.randomUUID()}`;

describe("an administrator, over HTTP", () => {
  let connection: ChannelModel;
  let channel: ConfirmChannel;
  let broker: Broker;
  let database: Database;
  let redis: Redis;
  let app: App;
  let closeStreams: () => void;
  const revoked = new Set<string>();
  // Of each test one: the limit is that of a user.
  const admins = Array.from({ length: 20 }, admin);
  let me: string;

  beforeAll(async () => {
    await migrate(serviceUrls.DATABASE_URL);
    connection = await amqp.connect(serviceUrls.AMQP_URL);
    channel = await connection.createConfirmChannel();
    broker = await connectBroker(serviceUrls.AMQP_URL, silentLog);
    database = await connectDatabase(serviceUrls.DATABASE_URL);
    redis = await connectRedis(serviceUrls.REDIS_URL, silentLog, `ops-${crypto.randomUUID()}:`);
    const revocations = { hasSession: (_: string | undefined, sub: string) => revoked.has(sub) };
    const given = { database, redis, broker, revocations, log: silentLog };
    const config = { ...serviceUrls, ADMIN_USERS: admins };
    const ops = await opsRoutes(config, given);
    closeStreams = ops.closeStreams;
    app = createApp(silentLog, [ops.routes]);
  }, 30_000);
  beforeEach(async () => {
    me = admins.pop() ?? expect.unreachable();
    await purgeQueues(channel);
  });
  afterAll(async () => {
    closeStreams();
    await purgeQueues(channel);
    await Promise.all([connection.close(), broker.close(), database.close(), redis.quit()]);
  }, 30_000);

  const call = async (path: string, body?: unknown, who = me) => {
    const json = { "content-type": "application/json" };
    const response = await app.request(`/api/v1/ops/${path}`, {
      headers: { "x-user-id": who, ...(body === undefined ? {} : json) },
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    });
    return { status: response.status, text: await response.text() };
  };
  const read = async (path: string, body?: unknown) => {
    const { status, text } = await call(path, body);
    expect([path, status, status === 200 ? "" : text]).toEqual([path, 200, ""]);
    return JSON.parse(text);
  };
  async function bury(extra: object = {}, queue = "dlq.scan.answer") {
    const job = scanMessage({ user_input: words, vision: glassVision, ...extra });
    channel.sendToQueue(queue, Buffer.from(JSON.stringify(job)), { persistent: true });
    await channel.waitForConfirms();
    return job;
  }
  const depth = async (queue: string) => (await channel.checkQueue(queue)).messageCount;
  const untilDepth = (queue: string, count: number) =>
    until(async () => (await depth(queue)) === count);
  const auditOf = async (jobId: string) =>
    (await database.call((db) => db.select().from(audit))).filter(({ jobIds }) =>
      jobIds.includes(jobId),
    );

  test("is the only one: others learn nothing, whatever they send", async () => {
    for (const [path, body] of [
      ["status"],
      ["stream"],
      ["jobs/nonsense"],
      ["dead-letters"],
      ["dead-letters/nonsense"],
      ["dead-letters/nonsense/redrive", { nonsense: true }],
    ] as const) {
      const { status, text } = await call(path, body, "somebody");
      expect([path, status, JSON.parse(text).code]).toEqual([path, 403, "FORBIDDEN"]);
    }
  });

  test("sees what waits, who consumes, and what the processes have measured", async () => {
    await bury();
    await bury({}, "scan.vision");
    await untilDepth("scan.vision", 1);
    const series = [{ name: "eco2_sse_streams", labels: {}, value: 4 }];
    const worker = { process: "edge", version: "9", startedAt: 0, windowS: 60, series };
    await redis.set(figuresKeys.figures("one"), JSON.stringify(worker), "EX", 60);
    await redis.zadd(figuresKeys.index, Date.now(), "one", Date.now(), "gone");
    const { queues, retries, figures } = await read("status");
    const of = (task: string) => queues.find((one: { task: string }) => one.task === task);
    expect(of("scan.vision")).toMatchObject({ ready: 1, unacked: null, consumers: 0, dead: 0 });
    expect(of("scan.answer")).toMatchObject({ ready: 0, dead: 1, archived: 0 });
    expect(retries.map(({ queue }: { queue: string }) => queue)).toContain("retry.30s");
    expect(figures.sse_clients).toBe(4);
    expect(figures.processes).toHaveLength(1);
  });

  test("follows it live, until their session ends", async () => {
    const response = await app.request("/api/v1/ops/stream", { headers: { "x-user-id": me } });
    const events = (response.body ?? expect.unreachable()).pipeThrough(new TextDecoderStream());
    const seen: string[] = [];
    for await (const text of events) {
      seen.push(text);
      if (text.startsWith("event: status")) revoked.add(me);
    }
    expect(response.headers.get("x-accel-buffering")).toBe("no");
    expect(seen.filter((text) => text.startsWith("event: status"))).toHaveLength(1);
  }, 15_000);

  test("may open ten streams at once and no more, and each that ends makes room", async () => {
    const open = () => app.request("/api/v1/ops/stream", { headers: { "x-user-id": me } });
    const streams = await Promise.all(Array.from({ length: 11 }, open));
    expect(streams.map(({ status }) => status).toSorted()).toEqual([...Array(10).fill(200), 429]);
    await streams[0]?.body?.cancel();
    expect((await open()).status).toBe(200);
  });

  test("reads a dead letter without what is its user's, and it stays where it is", async () => {
    const job = await bury();
    const { dead_letters } = await read("dead-letters/dlq.scan.answer");
    expect(dead_letters).toMatchObject([{ job_id: job.job_id, attempts: 0, outputs: ["vision"] }]);
    const text = JSON.stringify(dead_letters);
    for (const own of [job.user_id, job.image_url.slice(0, 20), words.slice(0, 8)]) {
      expect(text).not.toContain(own);
    }
    await untilDepth("dlq.scan.answer", 1);
    const { queues } = await read("dead-letters");
    expect(queues[2]).toMatchObject({ task: "scan.answer", dead: 1, archived: 0 });
    await untilDepth("dlq.scan.answer", 1);
  });

  test("is told what a redrive costs, and a dry run does no more", async () => {
    const job = await bury();
    const path = "dead-letters/dlq.scan.answer/redrive";
    const { messages, calls, counts } = await read(path, { dry_run: true });
    expect(messages).toEqual([{ job_id: job.job_id, to: "scan.answer" }]);
    expect([calls, counts]).toEqual([{ vision: 0, answer: 1 }, null]);
    const again = await read(path, { dry_run: true, from_stage: "vision" });
    expect(again.calls).toEqual({ vision: 1, answer: 1 });
    await untilDepth("dlq.scan.answer", 1);
    expect(await auditOf(job.job_id)).toEqual([]);
  });

  test("redrives, on record with their name, and the scan's first epoch has ended by then", async () => {
    const job = await bury();
    const path = "dead-letters/dlq.scan.answer/redrive";
    const { counts } = await read(path, { dry_run: false, limit: 5 });
    expect(counts).toEqual({ revived: 1 });
    expect([await depth("dlq.scan.answer"), await depth("scan.answer")]).toEqual([0, 1]);
    expect((await readState(redis, job.job_id))?.latest.status).toBe("failed");
    expect(await auditOf(job.job_id)).toMatchObject([
      { who: `user ${me}`, action: "redrive", queue: "dlq.scan.answer", counts: { revived: 1 } },
    ]);
  });

  test.each([
    ["dead-letters/scan.answer/redrive", { dry_run: true }],
    ["dead-letters/dlq.scan.answer/redrive", {}],
    ["dead-letters/dlq.scan.answer/redrive", { dry_run: true, limit: 101 }],
    ["dead-letters/dlq.scan.answer/redrive", { dry_run: "false" }],
    ["dead-letters/dlq.scan.answer/redrive", { dry_run: false, yes: true }],
    ["dead-letters/dlq.scan.answer?limit=0", undefined],
  ])("is refused %s %j: nothing moves", async (path, body) => {
    const job = await bury();
    const { status, text } = await call(path, body);
    expect([status, JSON.parse(text).code]).toEqual([400, "VALIDATION_FAILED"]);
    expect(await depth("dlq.scan.answer")).toBe(1);
    expect(await auditOf(job.job_id)).toEqual([]);
  });
});
