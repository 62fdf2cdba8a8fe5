import { afterAll, beforeAll, expect, test } from "bun:test";
import { migrate } from "#lib/db/migrate.ts";
import { runFuzz } from "../fuzz/run-fuzz.ts";
import { type Backing, bringUp } from "./backing.ts";
import { runScenario } from "./run-scenario.ts";
import { SCENARIOS } from "./scenarios.ts";

/** Everything the suite does, once and briefly; the rest is `bun run chaos` and `bun run fuzz`. */
let backing: Backing;
const bootMs = 90_000;

beforeAll(async () => {
  backing = await bringUp(() => undefined);
  await migrate(backing.urls.DATABASE_URL);
}, bootMs);

afterAll(async () => {
  await backing?.stop();
}, bootMs);

test(
  "broken broker connections lose no scan",
  async () => {
    const scenario = SCENARIOS.find(({ name }) => name === "rabbitmq-cut");
    if (!scenario) throw new Error("no such scenario");
    const { breaches, history } = await runScenario(scenario, { backing, seed: 1, scansMin: 60 });
    expect(breaches).toEqual([]);
    expect(history.jobs.length).toBeGreaterThanOrEqual(60);
  },
  bootMs,
);

test(
  "hostile requests and forbidden photo addresses find nothing that gives way",
  async () => {
    const said: string[] = [];
    const isClean = await runFuzz({
      backing,
      requests: 500,
      seed: 7,
      say: (line) => said.push(line),
    });
    expect([isClean, isClean ? "" : said.join("\n")]).toEqual([true, ""]);
  },
  bootMs,
);
