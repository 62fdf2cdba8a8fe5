import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import amqp from "amqplib";
import { stringify } from "yaml";
import { migrate } from "#lib/db/migrate.ts";
import { until } from "#lib/testing/until.ts";
import { type Harness, scan, startHarness } from "../e2e/harness.ts";
import { bringUpOwn, chaosFolder, type OwnServers } from "../harness/own-servers.ts";
import { choosePort } from "../services/port.ts";
import { serveBrokerMetrics } from "../services/rabbitmq.ts";
import { readState } from "../services/state.ts";
import { DASHBOARDS } from "./dashboards.ts";
import { brokerMetrics } from "./foreign-metrics.ts";
import { ruleGroups } from "./rules.ts";
import { startAlertmanager, startPrometheus } from "./start-prometheus.ts";

/** Of servers that no other file waits for. */
const folder = join(chaosFolder, "prometheus");

/** Debian's Prometheus and Alertmanager beside edge, a worker and a RabbitMQ, after one scan and one dead letter. */
const bootMs = 240_000;
let servers: OwnServers;
let eco2: Harness;
let prometheus: Awaited<ReturnType<typeof startPrometheus>>;
let alertmanager: Awaited<ReturnType<typeof startAlertmanager>>;
const received: string[] = [];
const webhook = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: async (request) => {
    received.push(await request.text());
    return new Response();
  },
});

beforeAll(async () => {
  servers = await bringUpOwn(folder, () => undefined);
  await migrate(servers.urls.DATABASE_URL);
  const state = readState(folder);
  if (!state) throw new Error("the servers have no state");
  const brokerPort = choosePort([]);
  await serveBrokerMetrics(state, brokerPort);
  alertmanager = await startAlertmanager(folder, `${webhook.url.href}alerts`);
  const metricsPort = choosePort([brokerPort]);
  const env = { METRICS_PORT: String(metricsPort), REDRIVE_INTERVAL: "0" };
  eco2 = await startHarness({ ...servers.urls, ...env });
  // As they are, but at once.
  const atOnce = ruleGroups.map((group) => ({
    ...group,
    rules: group.rules.map((rule) => ({ ...rule, for: "0s" })),
  }));
  const rules = join(folder, "at-once.yaml");
  await Bun.write(rules, stringify({ groups: atOnce }));
  const targets = {
    eco2: [metricsPort, metricsPort + 1].map((port) => `127.0.0.1:${port}`),
    rabbitmq: `127.0.0.1:${brokerPort}`,
    alertmanager: new URL(alertmanager.origin).host,
  };
  const data = join(folder, "prometheus");
  prometheus = await startPrometheus(data, targets, { everyS: 1, rules });
  const { api } = eco2.newUser();
  // A rate needs a sample before its first event.
  await until(async () => (await query("up == 1")).length === 3, { timeoutMs: 30_000 });
  for (let i = 0; i < 2; i++) {
    await scan(api);
    await Bun.sleep(2_000);
  }
  const broker = await amqp.connect(servers.urls.AMQP_URL);
  const channel = await broker.createConfirmChannel();
  channel.sendToQueue("dlq.scan.rule", Buffer.from("{}"));
  await channel.waitForConfirms();
  await broker.close();
}, bootMs);

afterAll(async () => {
  await prometheus?.stop();
  await alertmanager?.stop();
  await eco2?.stop();
  await webhook.stop(true);
  await servers?.stop();
}, bootMs);

async function query(text: string): Promise<{ metric: Record<string, string> }[]> {
  const url = `${prometheus.origin}/api/v1/query?query=${encodeURIComponent(text)}`;
  const { status, error, data } = await (await fetch(url)).json();
  expect([text, status, error]).toEqual([text, "success", undefined]);
  return data.result;
}

/** What did not happen in this test. */
const quiet = new Set([
  ...["Submit to end, chats", "Sign-ins", "Refreshes", "Retries", "Dead-lettered"],
  ...["Not permitted", "Entries published", "Publications are late by", "Streams a router holds"],
  "Attempts at webhooks",
]);
const panels = DASHBOARDS.flatMap(({ title: dashboard, panels: all }) =>
  all.map(({ title, queries }) => [`${dashboard}: ${title}`, title, queries] as const),
);

test.each(panels)("%s shows what happened", async (_, title, queries) => {
  for (const [expr] of queries) {
    const text = expr.replaceAll("$__rate_interval", "1m");
    if (quiet.has(title)) await query(text);
    else expect([text, await until(async () => (await query(text)).length)]).not.toContain(0);
  }
});

test.each(ruleGroups.flatMap(({ rules }) => rules.map(({ alert, expr }) => [alert, expr])))(
  "%s evaluates",
  async (_, expr = "") => void (await query(expr)),
);

test("RabbitMQ's series have the labels that queries may use", async () => {
  for (const [name, labels] of Object.entries(brokerMetrics)) {
    const [first] = await query(`${name}{queue="scan.vision"}`);
    expect(Object.keys(first?.metric ?? {})).toEqual(expect.arrayContaining([...labels]));
  }
});

test("a dead letter is an alert that Alertmanager delivers", async () => {
  const delivered = await until(
    () => received.find((text) => text.includes('"alertname":"DeadLetters"')),
    { timeoutMs: 60_000, pollMs: 200 },
  );
  const [alert] = JSON.parse(delivered).alerts;
  expect(alert).toMatchObject({
    status: "firing",
    labels: { alertname: "DeadLetters", queue: "dlq.scan.rule", severity: "ticket" },
    annotations: { summary: "1 messages lie in dlq.scan.rule" },
  });
}, 70_000);
