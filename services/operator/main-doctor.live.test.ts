import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import amqp, { type Channel, type ChannelModel, type ConfirmChannel } from "amqplib";
import { Redis } from "ioredis";
import postgres from "postgres";
import { TASK_NAMES } from "#lib/contract/task.ts";
import { connectDatabase } from "#lib/db/client.ts";
import { migrate } from "#lib/db/migrate.ts";
import { shippedMigrations } from "#lib/db/pending-migrations.ts";
import { assertTopology } from "#lib/queue/assert-topology.ts";
import { replyToProbe } from "#lib/queue/probe-retry-queues.ts";
import { BINDINGS } from "#lib/queue/topology.ts";
import { scanKeys } from "#lib/scan-store/scan-keys.ts";
import { ownershipGrant } from "#lib/testing/ownership-grant.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";
import { purgeQueues } from "#lib/testing/wipe.ts";
import { checkMigrations } from "./adapters/migrations.ts";
import { runChecks } from "./main-checks.ts";

/** A Redis database of its own: what other tests leave in theirs is not to be judged. */
const urls = {
  ...serviceUrls,
  AMQP_TOPOLOGY: "declare" as const,
  REDIS_PREFIX: "",
  REDIS_URL: withPath(serviceUrls.REDIS_URL, "/9"),
};
const longAgoMs = 10 * 60_000;

describe("doctor", () => {
  let connection: ChannelModel;
  let channel: Channel;
  let consumers: ConfirmChannel;
  const sql = postgres(urls.DATABASE_URL, { max: 1, onnotice: () => undefined });
  const redis = new Redis(urls.REDIS_URL);
  let unbound: string[] = [];
  /** Answers as the management plugin documents it; a real one is not part of the local services. */
  const management = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () =>
      Response.json(
        BINDINGS.filter(({ queue }) => !unbound.includes(queue)).map((one) => ({
          source: one.exchange,
          destination: one.queue,
          routing_key: one.routingKey,
        })),
      ),
  });

  beforeAll(async () => {
    await migrate(urls.DATABASE_URL);
    connection = await amqp.connect(urls.AMQP_URL);
    channel = await connection.createChannel();
    await assertTopology(channel);
    consumers = await connection.createConfirmChannel();
    for (const task of TASK_NAMES) await consume(task);
  });
  beforeEach(async () => {
    unbound = [];
    // Other tests leave some that no relay will publish.
    await sql`update auth.revocations set published_at = now()
      where published_at is null and created_at < now() - interval '1 minute'`;
    await redis.flushdb();
    await purgeQueues(channel);
    // Other tests purge queues with grants in them, which tears pairs apart.
    await sql`delete from character.character_ownerships o where not exists
      (select from users.user_characters u
        where (u.user_id, u.character_code) = (o.user_id, o.character_code))`;
    await sql`delete from users.user_characters u where not exists
      (select from character.character_ownerships o
        where (u.user_id, u.character_code) = (o.user_id, o.character_code))`;
  });
  afterAll(async () => {
    await redis.flushdb();
    await connection.close();
    await management.stop(true);
    await sql.end();
    redis.disconnect();
  });

  /** Takes what comes, and replies to probes alone. */
  const consume = (task: string) =>
    consumers.consume(
      task,
      (message) => {
        if (message && replyToProbe(consumers, message)) consumers.ack(message);
      },
      { consumerTag: task },
    );
  const examine = () => runChecks({ ...urls, RABBITMQ_MANAGEMENT_URL: management.url.origin });
  async function breaches(): Promise<Record<string, string>> {
    const found = (await examine()).filter(({ state }) => state === "breach");
    return Object.fromEntries(found.map(({ name, detail }) => [name, detail]));
  }
  async function plantScan(stage: string, seq: number, agoMs = longAgoMs): Promise<string> {
    const jobId = Bun.randomUUIDv7();
    await redis.hset(scanKeys.state(jobId), { user_id: "u", stage, seq, ts: Date.now() - agoMs });
    return jobId;
  }
  async function plantOwned(): Promise<string> {
    const userId = `user-${crypto.randomUUID()}`;
    const at = new Date(Date.now() - longAgoMs);
    await sql`insert into character.character_ownerships (user_id, character_code, acquired_at)
      values (${userId}, 'char-petty', ${at})`;
    await sql`insert into users.user_characters
      (user_id, character_code, character_name, acquired_at)
      values (${userId}, 'char-petty', '페티', ${at})`;
    return userId;
  }
  const grantOf = (user_id: string) => ownershipGrant({ user_id, granted_at: 1 });
  function put(queue: string, body: unknown): Promise<unknown> {
    channel.sendToQueue(queue, Buffer.from(JSON.stringify(body)), { persistent: true });
    return until(async () => (await channel.checkQueue(queue)).messageCount > 0);
  }

  test("finds nothing wrong with a system that has nothing wrong", async () => {
    const done = await plantScan("done", 51);
    await redis.set(scanKeys.result(done), "{}");
    await plantScan("vision", 10, 1_000);
    await plantOwned();
    const checks = await examine();
    expect(checks.filter(({ state }) => state !== "ok")).toEqual([]);
    expect(checks.map(({ name }) => name)).toEqual([
      "scans end",
      "results",
      "ownerships",
      "revocations",
      "consumers",
      "topology",
      "bindings",
      "waiting",
      "retries",
      "dead letters",
      "redis keys",
      "redis bytes",
      "redis memory",
      "migrations",
    ]);
  });

  test("names keys of a wrong type, and looks at the rest all the same", async () => {
    const { state, result, events } = scanKeys;
    const jobId = crypto.randomUUID();
    await redis.set(state(jobId), "text");
    await redis.hset(result(jobId), "status", "completed");
    await redis.set(events(2), "text");
    const lost = await plantScan("vision", 11);
    const found = await breaches();
    for (const key of [state(jobId), result(jobId), events(2)]) {
      expect(found["redis keys"]).toContain(key);
    }
    expect(found["scans end"]).toContain(lost);
  });

  test("finds a scan that has neither an end nor a message", async () => {
    const jobId = await plantScan("vision", 11);
    expect(await breaches()).toEqual({ "scans end": expect.stringContaining(jobId) });
  });

  test("excuses a silent scan whose message waits in a queue, and leaves it there", async () => {
    const jobId = await plantScan("vision", 12);
    const body = { job_id: jobId, submitted_at: Date.now() };
    await put("dlq.scan.vision", body);
    expect(await breaches()).toEqual({});
    await until(async () => (await channel.checkQueue("dlq.scan.vision")).messageCount === 1);
  });

  test("finds a finished scan whose result nobody can read", async () => {
    const jobId = await plantScan("done", 51);
    expect(await breaches()).toEqual({ results: expect.stringContaining(jobId) });
  });

  test("accepts a result that only Postgres has", async () => {
    const jobId = await plantScan("done", 51);
    await sql`insert into scan.scans (job_id, user_id, status, model, image_url, user_input, result,
      submitted_at, finished_at)
      values (${jobId}, 'u', 'failed', 'm', '', '', '{}', now(), now())`;
    expect(await breaches()).toEqual({});
    await sql`delete from scan.scans where job_id = ${jobId}`;
  });

  test("finds a torn pair of ownership rows, whichever side is missing", async () => {
    const [first, second] = [await plantOwned(), await plantOwned()];
    await sql`delete from users.user_characters where user_id = ${first}`;
    await sql`delete from character.character_ownerships where user_id = ${second}`;
    const { ownerships, ...others } = await breaches();
    expect(others).toEqual({});
    expect(ownerships).toContain("2 characters");
    expect(ownerships).toContain(`user_characters has no ${first}`);
    expect(ownerships).toContain(`character_ownerships has no ${second}`);
  });

  test("excuses a pair whose other half is still in a queue", async () => {
    const userId = await plantOwned();
    await sql`delete from users.user_characters where user_id = ${userId}`;
    await put("dlq.users.save_character", { ...grantOf(userId), granted_at: Date.now() });
    expect(await breaches()).toEqual({});
    await sql`delete from character.character_ownerships where user_id = ${userId}`;
  });

  test("finds a revocation that no relay publishes, and leaves a young one to it", async () => {
    // The check looks at the first in line, and other tests may have left some.
    await sql`update auth.revocations set published_at = now() where published_at is null`;
    const key = `test:${crypto.randomUUID()}`;
    const soon = new Date(Date.now() + longAgoMs);
    const createdAt = (agoMs: number) => new Date(Date.now() - agoMs);
    await sql`insert into auth.revocations (key, expires_at, created_at)
      values (${key}, ${soon}, ${createdAt(50_000)})`;
    try {
      expect(await breaches()).toEqual({});
      await sql`update auth.revocations set created_at = ${createdAt(longAgoMs)}
        where key = ${key}`;
      expect(await breaches()).toEqual({ revocations: expect.stringContaining("for 10 min") });
    } finally {
      await sql`delete from auth.revocations where key = ${key}`;
    }
  });

  test("finds a queue that nobody consumes", async () => {
    await consumers.cancel("users.save_character");
    try {
      expect(await breaches()).toEqual({
        consumers: expect.stringContaining("users.save_character"),
      });
    } finally {
      await consume("users.save_character");
    }
  });

  test("finds a queue that is missing, and one that is declared otherwise", async () => {
    await channel.deleteQueue("archive.scan.rule");
    await channel.deleteQueue("archive.scan.vision");
    await channel.assertQueue("archive.scan.vision", { durable: true });
    try {
      const { topology } = await breaches();
      expect(topology).toContain("queue archive.scan.rule is missing");
      expect(topology).toContain("queue archive.scan.vision differs");
    } finally {
      await channel.deleteQueue("archive.scan.vision");
      await assertTopology(channel);
    }
  });

  test("finds a queue that is not bound, where bindings can be read", async () => {
    unbound = ["scan.answer"];
    expect(await breaches()).toEqual({ bindings: "unbound: scan.answer from scan.direct" });
    const blind = await runChecks({ ...urls, RABBITMQ_MANAGEMENT_URL: "http://127.0.0.1:1" });
    expect(blind.find(({ name }) => name === "bindings")?.state).toBe("skipped");
  });

  test("finds work that waits too long, and dead letters nobody comes for", async () => {
    await consumers.cancel("scan.vision");
    try {
      await put("scan.vision", { submitted_at: Date.now() - longAgoMs });
      await put("dlq.scan.reward", { submitted_at: Date.now() - 12 * longAgoMs });
      expect(await breaches()).toEqual({
        consumers: expect.stringContaining("scan.vision"),
        waiting: expect.stringContaining("scan.vision by 10 min"),
        "dead letters": expect.stringContaining("scan.reward for 2 h"),
      });
    } finally {
      await channel.purgeQueue("scan.vision");
      await consume("scan.vision");
    }
  });

  test("excuses what a failed scan keeps for its redrive, however long the model's answer was", async () => {
    const jobId = await plantScan("done", 52);
    await redis.set(scanKeys.result(jobId), "{}");
    for (const stage of ["vision", "answer"] as const) {
      await redis.set(scanKeys.checkpoint(jobId, stage), "가".repeat(10_000));
    }
    expect(await breaches()).toEqual({});
  });

  test("finds a scan that leaves more than 2 KB in Redis", async () => {
    const jobId = await plantScan("done", 51);
    await redis.set(scanKeys.result(jobId), "x".repeat(4_000));
    expect(await breaches()).toEqual({ "redis bytes": expect.stringContaining("2048 allowed") });
  });

  test("finds a migration that was not applied", async () => {
    const database = await connectDatabase(urls.DATABASE_URL);
    const next = { tag: "9999_new", when: 9e15 };
    expect(await checkMigrations(database, [...shippedMigrations, next])).toMatchObject({
      state: "breach",
      detail: expect.stringMatching(/^1 of \d+ migrations not applied/),
    });
    await database.close();
  });

  test("exits 1 on a breach and 2 when a service cannot be reached, naming it", async () => {
    await plantScan("vision", 11);
    const run = async (env: Record<string, string>) => {
      const command = [process.execPath, `${import.meta.dir}/main.ts`, "doctor", "--json"];
      const all = { PATH: process.env.PATH, ...urls, ...env };
      const child = Bun.spawn(command, { env: all, stdout: "pipe", stderr: "pipe" });
      const texts = [child.stdout, child.stderr].map((one) => new Response(one).text());
      const [out = "", err = ""] = await Promise.all(texts);
      return { code: await child.exited, out, err };
    };
    const ill = await run({});
    expect(ill.code).toBe(1);
    expect(JSON.parse(ill.out)[0]).toMatchObject({ name: "scans end", state: "breach" });
    const away = await run({ REDIS_URL: "redis://127.0.0.1:1" });
    expect([away.code, away.out]).toEqual([2, ""]);
    expect(away.err).toContain("REDIS_URL");
  }, 20_000);
});

function withPath(url: string, path: string): string {
  return Object.assign(new URL(url), { pathname: path }).href;
}
