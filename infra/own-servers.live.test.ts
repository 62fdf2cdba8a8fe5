import { afterAll, beforeAll, expect, test } from "bun:test";
import { migrate } from "#lib/db/migrate.ts";
import { runScenario } from "./chaos/run-scenario.ts";
import { SCENARIOS } from "./chaos/scenarios.ts";
import { runFuzz } from "./fuzz/run-fuzz.ts";
import { bringUpOwn, chaosFolder, type OwnServers } from "./harness/own-servers.ts";

/**
 * The suites that break servers, each once and briefly, on one set of them: a set takes half a minute to
 * start. The rest is `bun run chaos` and `bun run fuzz`.
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
  "broken broker connections lose no scan",
  async () => {
    const scenario = SCENARIOS.find(({ name }) => name === "rabbitmq-cut");
    if (!scenario) throw new Error("no such scenario");
    const { breaches, history } = await runScenario(scenario, { servers, seed: 1, scansMin: 60 });
    expect(breaches).toEqual([]);
    expect(history.jobs.length).toBeGreaterThanOrEqual(60);
  },
  bootMs,
);

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
