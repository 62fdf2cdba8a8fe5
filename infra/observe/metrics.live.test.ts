import { afterAll, beforeAll, expect, test } from "bun:test";
import { migrate } from "#lib/db/migrate.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import { type AppProcess, startApp } from "../harness/app-process.ts";
import { argsOf, SERVICE_NAMES } from "../k8s/processes.ts";
import { choosePort } from "../services/port.ts";
import { findProgram, runTool } from "./programs.ts";

const bootMs = 180_000;
const mains = ["edge", "worker", ...SERVICE_NAMES] as const;
const ports = new Map<string, number>();
const started: AppProcess[] = [];

beforeAll(async () => {
  await findProgram("promtool");
  await migrate(serviceUrls.DATABASE_URL);
  for (const main of mains) {
    const metricsPort = choosePort([...ports.values()]);
    ports.set(main, metricsPort);
    const AUTH_MODE = "dev";
    const METRICS_PORT = String(metricsPort);
    const env = { ...serviceUrls, LOG_LEVEL: "error", NODE_ENV: "test", AUTH_MODE, METRICS_PORT };
    const args = main === "edge" || main === "worker" ? [] : argsOf(main);
    const app = startApp({ main, args, env });
    started.push(app);
    await app.ready();
  }
}, bootMs);
afterAll(() => Promise.all(started.map((app) => app.end("SIGTERM"))), bootMs);

test.each(mains)("promtool has nothing to say about the metrics of %s", async (main) => {
  const response = await fetch(`http://127.0.0.1:${ports.get(main)}/metrics`);
  const text = await response.text();
  expect(text).toContain("eco2_build_info{");
  expect(text).toMatch(/^process_resident_memory_bytes \d/m);
  expect(await runTool("promtool", ["check", "metrics"], text)).toEqual({ code: 0, output: "" });
});

test("promtool finds what is named against the conventions", async () => {
  const wrong = "# TYPE eco2_wrong_total gauge\neco2_wrong_total 1\n";
  expect((await runTool("promtool", ["check", "metrics"], wrong)).code).not.toBe(0);
});
