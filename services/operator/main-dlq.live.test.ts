import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import amqp, { type ChannelModel, type ConfirmChannel } from "amqplib";
import { Redis } from "ioredis";
import postgres from "postgres";
import { migrate } from "#lib/db/migrate.ts";
import { assertTopology } from "#lib/queue/assert-topology.ts";
import { connectBroker } from "#lib/queue/broker.ts";
import { createPublisher } from "#lib/queue/publisher.ts";
import { readState } from "#lib/scan-store/read-scan.ts";
import { scanKeys } from "#lib/scan-store/scan-keys.ts";
import { glassVision, scanMessage } from "#lib/testing/scan-message.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";
import { purgeQueues } from "#lib/testing/wipe.ts";

describe("bun run dlq", () => {
  let connection: ChannelModel;
  let channel: ConfirmChannel;
  const sql = postgres(serviceUrls.DATABASE_URL, { max: 1, onnotice: () => undefined });
  const redis = new Redis(serviceUrls.REDIS_URL);

  beforeAll(async () => {
    await migrate(serviceUrls.DATABASE_URL);
    connection = await amqp.connect(serviceUrls.AMQP_URL);
    channel = await connection.createConfirmChannel();
    await assertTopology(channel);
  });
  const purge = () => purgeQueues(channel);
  beforeEach(purge);
  afterAll(async () => {
    await purge();
    await connection.close();
    await sql.end();
    redis.disconnect();
  });

  async function dlq(line: string, env: Record<string, string> = {}) {
    const child = Bun.spawn(
      [process.execPath, `${import.meta.dir}/main.ts`, "dlq", ...line.split(" ")],
      {
        env: { PATH: process.env.PATH, ...serviceUrls, ...env },
        stdout: "pipe",
        stderr: "pipe",
      },
    );
    const [out, err] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);
    return { out, err, code: await child.exited };
  }
  async function bury(redrive = 0, extra: object = {}, queue = "dlq.scan.answer") {
    const job = scanMessage({
      image_url: `https://images.test/${"a".repeat(50)}/secret.jpg`,
      user_input: "이것은 아주 긴 질문이라서 전부 보여 주지 않아요",
      submitted_at: Date.now() - 7_200_000,
      vision: glassVision,
      ...extra,
    });
    const headers = { "x-redrive": redrive };
    channel.sendToQueue(queue, Buffer.from(JSON.stringify(job)), { headers, persistent: true });
    await channel.waitForConfirms();
    return job;
  }
  const depth = async (queue: string) => (await channel.checkQueue(queue)).messageCount;
  /** What a command requeues is in its queue a moment after the command has ended. */
  const untilDepth = (queue: string, count: number) =>
    until(async () => (await depth(queue)) === count);
  const auditOf = (jobId: string) => sql`
    select who, action, queue, job_ids, counts from ops.audit where ${jobId} = any(job_ids)`;

  test("lists how many lie where and for how long", async () => {
    await bury();
    await bury(3, {}, "archive.scan.answer");
    const { out, code } = await dlq("list --json");
    expect(code).toBe(0);
    const counts: { task: string; dead: number; archived: number; deadForMs: number }[] =
      JSON.parse(out);
    const answer = counts.find(({ task }) => task === "scan.answer");
    expect(answer).toMatchObject({ dead: 1, archived: 1 });
    expect(answer?.deadForMs).toBeGreaterThanOrEqual(7_200_000);
    await untilDepth("dlq.scan.answer", 1);
  });

  test("shows messages where they are, with words cut short, and the whole address to a program", async () => {
    const job = await bury(1);
    const { out } = await dlq("show --queue scan.answer --json");
    const { job_id, user_id, image_url } = job;
    const whose = { job_id, user_id, image_url, redrive: 1, outputs: ["vision"] };
    expect(JSON.parse(out)).toMatchObject([{ ...whose, code: null, attempts: 0 }]);
    expect(out).not.toContain("보여 주지 않아요");
    await untilDepth("dlq.scan.answer", 1);
    const { out: line } = await dlq("show --queue scan.answer");
    expect(line).not.toContain("secret.jpg");
    await untilDepth("dlq.scan.answer", 1);
  });

  test("shows why a task gave it up, after how many tries, and where its log lines are", async () => {
    const broker = await connectBroker(serviceUrls.AMQP_URL, silentLog);
    const publisher = await createPublisher(broker);
    const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    const headers = { traceparent: `00-${trace}-00f067aa0ba902b7-01`, attempt: 2, epoch: 1 };
    const content = Buffer.from(JSON.stringify(scanMessage({})));
    await publisher.deadLetter("scan.answer", content, headers, { code: "MODEL_TIMEOUT" });
    await broker.close();
    const { out } = await dlq("show --queue scan.answer --json");
    const [shown] = JSON.parse(out);
    const why = { code: "MODEL_TIMEOUT", attempts: 3, trace_id: trace, redrive: 1 };
    expect(shown).toMatchObject({ ...why, reason: "failed" });
    expect(Date.now() - Date.parse(shown.died_at)).toBeLessThan(60_000);
    await untilDepth("dlq.scan.answer", 1);
    // As it was: also after it was archived.
    await dlq("archive --queue scan.answer");
    const archived = await dlq("show --queue archive.scan.answer --json");
    expect(JSON.parse(archived.out)).toMatchObject([why]);
  });

  test("says what a redrive costs, and with --dry-run does no more", async () => {
    const jobs = [await bury(), await bury()];
    await redis.set(scanKeys.checkpoint(jobs[0]?.job_id ?? "", "answer"), "{}", "EX", 60);
    const { out } = await dlq("redrive --queue scan.answer --dry-run --json");
    expect(JSON.parse(out)).toMatchObject({
      calls: { vision: 0, answer: 1 },
      coveredByCheckpoint: 1,
      messages: jobs.map(({ job_id }) => ({ job_id, to: "scan.answer" })),
    });
    await untilDepth("dlq.scan.answer", 2);
    expect(await depth("scan.answer")).toBe(0);
    expect(await auditOf(jobs[0]?.job_id ?? "")).toHaveLength(0);
  });

  test("redrives however often it was done before, from an earlier stage, on record", async () => {
    const job = await bury(3);
    const { out, err, code } = await dlq("redrive --queue scan.answer --from-stage vision");
    expect([code, out]).toEqual([0, "1 revived\n"]);
    expect(err).toContain("2 model calls at most (vision 1, answer 1");
    const fresh = await channel.get("scan.vision", { noAck: true });
    if (fresh === false) throw new Error("nothing was redriven");
    const { vision: _, ...bare } = job;
    expect(JSON.parse(String(fresh.content))).toEqual(bare);
    expect(fresh.properties.headers).toMatchObject({ "x-redrive": 4, "x-attempt": 0 });

    const done = { action: "redrive from vision", queue: "dlq.scan.answer" };
    expect([...(await auditOf(job.job_id))]).toMatchObject([
      { ...done, job_ids: [job.job_id], counts: { revived: 1 } },
    ]);
    expect((await auditOf(job.job_id))[0]?.who).toEndWith(`uid ${process.getuid?.()})`);
    const line = err.split("\n").find((one) => one.includes('"audit"')) ?? "";
    expect(JSON.parse(line)).toMatchObject({
      ...done,
      job_ids: [job.job_id],
      counts: { revived: 1 },
      who: (await auditOf(job.job_id))[0]?.who,
    });
  });

  test("brings archived messages back, and leaves what cannot go", async () => {
    await bury(3, {}, "archive.scan.answer");
    await bury(3, { vision: undefined }, "archive.scan.answer");
    const { out, err } = await dlq("redrive --queue archive.scan.answer");
    expect(out).toBe("1 revived\n");
    expect(err).toContain("left alone");
    await untilDepth("archive.scan.answer", 1);
    expect(await depth("scan.answer")).toBe(1);
  });

  test("archives and purges on record, and the scans have ended by then", async () => {
    const [kept, gone] = [await bury(), await bury()];
    expect((await dlq("archive --queue scan.answer --limit 1")).out).toBe("1 archived\n");
    expect((await dlq("purge --queue scan.answer --yes")).out).toBe("1 removed\n");
    expect([await depth("dlq.scan.answer"), await depth("archive.scan.answer")]).toEqual([0, 1]);
    for (const [job, action] of [
      [kept, "archive"],
      [gone, "purge"],
    ] as const) {
      expect([...(await auditOf(job.job_id))]).toMatchObject([{ action }]);
      expect((await readState(redis, job.job_id))?.latest).toMatchObject({ seq: 52 });
    }
  });

  test("does nothing that it cannot put on record", async () => {
    await bury(0, {}, "dlq.users.save_character");
    const readOnly = `${serviceUrls.DATABASE_URL}?default_transaction_read_only=on`;
    const { code, err } = await dlq("purge --queue users.save_character --yes", {
      DATABASE_URL: readOnly,
    });
    expect([code, err]).toEqual([1, expect.stringContaining("read-only")]);
    await untilDepth("dlq.users.save_character", 1);
  });

  test("names what is wrong with the command or the environment", async () => {
    expect(await dlq("purge --queue scan.answer")).toMatchObject({ code: 2, out: "" });
    const wrong = {
      AMQP_URL: "amqp://a:b@127.0.0.1:1/x",
      REDIS_URL: "redis://127.0.0.1:1",
      DATABASE_URL: "postgres://a:b@127.0.0.1:1/x",
    };
    // The last of them is found when the others are connected, and must not keep the command alive.
    for (const [name, url] of Object.entries(wrong)) {
      const { code, err } = await dlq("list", { [name]: url });
      expect([code, err]).toEqual([1, expect.stringContaining(`dlq: ${name}`)]);
    }
  }, 20_000);
});
