import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { until } from "#lib/testing/until.ts";
import { killOnExit } from "../harness/kill-on-exit.ts";
import { choosePort } from "../services/port.ts";
import { findProgram } from "./programs.ts";

export interface Targets {
  /** `host:port` of each process's metrics. */
  readonly eco2: readonly string[];
  /** Of RabbitMQ's; none where they are not served. */
  readonly rabbitmq?: string | undefined;
  readonly alertmanager?: string | undefined;
}

const readyMsMax = 30_000;

/**
 * Runs Prometheus with the committed configuration and rules, on other addresses, until this process ends.
 *
 * @param folder for its data, which is emptied
 * @param change of the configuration, for a test that cannot wait
 */
export async function startPrometheus(
  folder: string,
  targets: Targets,
  change: { readonly everyS?: number; readonly rules?: string } = {},
) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const here = (name: string) => join(import.meta.dir, name);
  const config = parse(await Bun.file(here("prometheus.yaml")).text());
  const everyS = change.everyS ?? 5;
  config.global = { scrape_interval: `${everyS}s`, evaluation_interval: `${everyS}s` };
  config.rule_files = [change.rules ?? here("alerts.yaml")];
  const { alertmanager, ...scraped } = targets;
  const managers = alertmanager ? [alertmanager] : [];
  config.alerting.alertmanagers = [{ static_configs: [{ targets: managers }] }];
  for (const job of config.scrape_configs) {
    const found = Reflect.get(scraped, job.job_name) ?? [];
    job.static_configs = [{ targets: [found].flat() }];
  }
  const file = join(folder, "prometheus.yaml");
  await Bun.write(file, stringify(config));
  const port = choosePort([]);
  const server = await run("prometheus", port, [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(folder, "data")}`,
    "--storage.tsdb.retention.time=1d",
  ]);
  return server;
}

/** Runs Alertmanager with the committed route, and another address to send to. */
export async function startAlertmanager(folder: string, webhookUrl: string) {
  mkdirSync(folder, { recursive: true });
  const config = parse(await Bun.file(join(import.meta.dir, "alertmanager.yaml")).text());
  config.receivers[0].webhook_configs[0].url = webhookUrl;
  for (const route of [config.route, ...config.route.routes]) route.group_wait = "0s";
  const file = join(folder, "alertmanager.yaml");
  await Bun.write(file, stringify(config));
  return run("alertmanager", choosePort([]), [
    `--config.file=${file}`,
    `--storage.path=${join(folder, "data")}`,
    "--cluster.listen-address=",
  ]);
}

async function run(name: "prometheus" | "alertmanager", port: number, args: readonly string[]) {
  const origin = `http://127.0.0.1:${port}`;
  const child = Bun.spawn(
    [await findProgram(name), `--web.listen-address=127.0.0.1:${port}`, ...args],
    { stdin: "ignore", stdout: "ignore", stderr: "pipe" },
  );
  const exited = killOnExit(child);
  const said = new Response(child.stderr).text();
  const isReady = () => fetch(`${origin}/-/ready`).then(({ ok }) => ok);
  const failed = exited.then(async (code) => {
    throw new Error(`${name} ended with ${code}: ${(await said).trim().split("\n").at(-1)}`);
  });
  await Promise.race([until(isReady, { timeoutMs: readyMsMax, pollMs: 100 }), failed]);
  failed.catch(() => undefined);
  return {
    origin,
    stop: (): Promise<number> => {
      child.kill("SIGTERM");
      return exited;
    },
  };
}
