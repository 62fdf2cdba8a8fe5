import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import amqp from "amqplib";
import { migrate } from "#lib/db/migrate.ts";
import { assertTopology } from "#lib/queue/assert-topology.ts";
import { connectBroker } from "#lib/queue/broker.ts";
import { createPublisher } from "#lib/queue/publisher.ts";
import { BROKER_PERMISSIONS, QUEUES } from "#lib/queue/topology.ts";
import { silentLog } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";
import { runChecks } from "../services/operator/main-checks.ts";
import { openLab } from "./chaos/lab.ts";
import { runScenario } from "./chaos/run-scenario.ts";
import { SCENARIOS } from "./chaos/scenarios.ts";
import { scan, startHarness } from "./e2e/harness.ts";
import { runFuzz } from "./fuzz/run-fuzz.ts";
import { bringUpOwn, chaosFolder, type OwnServers } from "./harness/own-servers.ts";
import { signIn } from "./harness/sign-in.ts";

/**
 * The suites that break servers, each once and briefly, on one set of them: a set takes half a minute to
 * start. The rest is `bun run chaos` and `bun run fuzz`. The fuzzer first: it deletes a character, which the scans
 * after it are to earn all the same.
 */
let servers: OwnServers;
const bootMs = 90_000;

beforeAll(async () => {
  servers = await bringUpOwn(chaosFolder, () => undefined);
  await migrate(servers.urls.DATABASE_URL);
}, bootMs);

afterAll(async () => {
  await servers?.stop();
}, bootMs);

test(
  "no hostile request and no forbidden photo address finds a problem",
  async () => {
    const lines: string[] = [];
    const say = (line: string) => void lines.push(line);
    const isClean = await runFuzz({ servers, requests: 500, seed: 7, say });
    expect([isClean, isClean ? "" : lines.join("\n")]).toEqual([true, ""]);
  },
  bootMs,
);

test(
  "broken broker connections lose no scan",
  async () => {
    const scenario = SCENARIOS.find(({ name }) => name === "rabbitmq-cut");
    if (!scenario) throw new Error("no such scenario");
    const { breaches, history } = await runScenario(scenario, openLab, {
      servers,
      seed: 1,
      scansMin: 60,
    });
    expect(breaches).toEqual([]);
    expect(history.jobs.length).toBeGreaterThanOrEqual(60);
  },
  bootMs,
);

test(
  "readiness hears of an alarm although nobody publishes, and of its end",
  async () => {
    const broker = await connectBroker(servers.urls.AMQP_URL, silentLog);
    const publisher = await createPublisher(broker);
    const isReady = () =>
      publisher.checkWritable().then(
        () => true,
        () => false,
      );
    try {
      expect(await isReady()).toBe(true);
      expect(publisher.checkWritable()).toBe(publisher.checkWritable());
      expect(await isReady()).toBe(true);
      await servers.rabbitmqctl("set_vm_memory_high_watermark", "0");
      await until(async () => !(await isReady()));
      expect(publisher.isReady()).toBe(false);
    } finally {
      await servers.rabbitmqctl("set_vm_memory_high_watermark", "0.4");
    }
    await until(isReady);
    await broker.close();
  },
  bootMs,
);

test(
  "a queue that was full takes from everybody once its limit is gone, from the retry queues as well",
  async () => {
    const task = "scan.vision";
    const admin = await amqp.connect(servers.urls.AMQP_URL);
    const channel = await admin.createConfirmChannel();
    await assertTopology(channel);
    const isTaken = (exchange: string) =>
      new Promise<boolean>((resolve) => {
        channel.publish(exchange, task, Buffer.from("{}"), {}, (error) => resolve(!error));
      });
    const hasReturned = async () => {
      await channel.purgeQueue(task);
      await isTaken("retry.1s");
      await until(async () => (await channel.checkQueue(task)).messageCount === 1);
    };
    try {
      await hasReturned();
      const limit = [`^${task}$`, '{"max-length":1}', "--apply-to", "queues"];
      await servers.rabbitmqctl("set_policy", "-p", "eco2", "full", ...limit);
      await until(async () => !(await isTaken("")));
      await servers.rabbitmqctl("clear_policy", "-p", "eco2", "full");
      await channel.purgeQueue(task);
      await until(() => isTaken(""));
      await hasReturned();
    } finally {
      for (const { name } of QUEUES) await channel.purgeQueue(name);
      await admin.close();
    }
  },
  bootMs,
);

describe("a broker's user who may declare nothing", () => {
  let url: string;
  beforeAll(async () => {
    const admin = await amqp.connect(servers.urls.AMQP_URL);
    await assertTopology(await admin.createChannel());
    await admin.close();
    const { configure, write, read } = BROKER_PERMISSIONS;
    await servers.rabbitmqctl("add_user", "limited", "limited");
    await servers.rabbitmqctl("set_permissions", "-p", "eco2", "limited", configure, write, read);
    const account = { username: "limited", password: "limited" };
    url = Object.assign(new URL(servers.urls.AMQP_URL), account).href;
  }, bootMs);
  afterAll(() => servers.rabbitmqctl("delete_user", "limited"), bootMs);

  test("cannot boot a process that declares the topology", async () => {
    await expect(connectBroker(url, silentLog)).rejects.toThrow(/AMQP_URL: .*403/);
  });

  test(
    "runs everything with AMQP_TOPOLOGY=check",
    async () => {
      const env = { ...servers.urls, AMQP_URL: url, AMQP_TOPOLOGY: "check" };
      const eco2 = await startHarness(env);
      try {
        const { api } = eco2.newUser();
        expect((await scan(api)).events.at(-1)).toMatchObject({
          stage: "done",
          status: "completed",
        });
        // Logout is a fanout, which gatekeepers follow by a queue of their own.
        await signIn(eco2.origin, `user-${crypto.randomUUID()}`);
        const given = {
          ...servers.urls,
          AMQP_URL: url,
          AMQP_TOPOLOGY: "check",
          REDIS_PREFIX: "",
        } as const;
        const checks = await runChecks(given);
        const breaches = checks.filter(({ state }) => state === "breach");
        expect(breaches).toEqual([]);
        expect(checks.find(({ name }) => name === "topology")?.detail).toEndWith(
          "this user may not compare their arguments",
        );
      } finally {
        await eco2.stop();
      }
    },
    bootMs,
  );

  test(
    "publishes nothing into a queue that is gone, and goes on when it is back",
    async () => {
      const admin = await amqp.connect(servers.urls.AMQP_URL);
      const channel = await admin.createChannel();
      const broker = await connectBroker(url, silentLog, { topology: "check" });
      const publisher = await createPublisher(broker);
      const trace = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
      const headers = { traceparent: trace, attempt: 0, epoch: 0 };
      const publish = () => publisher.publish("scan.reward", {}, headers);
      try {
        await publish();
        await channel.deleteQueue("scan.reward");
        await expect(publish()).rejects.toMatchObject({ code: "UNAVAILABLE" });
        await assertTopology(channel);
        await publish();
        expect((await channel.checkQueue("scan.reward")).messageCount).toBe(1);
        await channel.deleteQueue("dlq.scan.rule");
        await expect(connectBroker(url, silentLog, { topology: "check" })).rejects.toThrow(/404/);
      } finally {
        await assertTopology(channel);
        for (const { name } of QUEUES) await channel.purgeQueue(name);
        await broker.close();
        await admin.close();
      }
    },
    bootMs,
  );
});
