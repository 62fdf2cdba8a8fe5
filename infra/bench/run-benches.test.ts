import { expect, test } from "bun:test";
import { join } from "node:path";
import type { Bench } from "./bench.ts";
import type { Measurements, Result } from "./result.ts";
import { readResult, savedFolder } from "./results.ts";
import { runBenches } from "./run-benches.ts";

const { machine, commit } = await readResult(join(savedFolder, "overhead.json"));
const empty: Measurements = { figures: [], charts: [], costs: [] };
const urls = { DATABASE_URL: "", REDIS_URL: "", AMQP_URL: "" };

/** Runs them, and gives besides what was kept and what was reported. */
async function run(benches: readonly Bench[]) {
  const kept: Result[] = [];
  const reported: string[] = [];
  const context = {
    urls,
    services: [],
    runs: 2,
    quick: true,
    report: (line: string) => reported.push(line),
  };
  const keep = async (result: Result) => void kept.push(result);
  return { ...(await runBenches(benches, context, { machine, commit }, keep)), kept, reported };
}

/** Gives one value a run. */
const example: Bench = {
  name: "example",
  measures: "Whether a bench is run as it should be.",
  run: async ({ runs, quick, report }) => {
    report("warm");
    const values = Array.from({ length: runs }, (_, i) => i);
    return { ...empty, figures: [{ label: `quick ${quick}`, unit: "", runs: values }] };
  },
};

const broken: Bench = {
  ...example,
  name: "broken",
  run: async () => {
    throw new Error("no worker");
  },
};

test("a bench is given its runs, and its result says how it came about", async () => {
  const { results, kept, reported } = await run([example]);
  expect(results).toEqual(kept);
  expect(results[0]).toMatchObject({
    name: "example",
    command: "bun run bench example --runs 2 --quick",
    runs: 2,
    quick: true,
    figures: [{ label: "quick true", runs: [0, 1] }],
    machine,
    commit,
  });
  expect(results[0]?.loadBefore).toHaveLength(3);
  expect(reported).toContain("  example: warm");
});

test("one that cannot run does not keep the others from it", async () => {
  const { results, failures, reported } = await run([broken, example]);
  expect(results.map(({ name }) => name)).toEqual(["example"]);
  expect(failures).toEqual([{ name: "broken", reason: "no worker" }]);
  expect(reported).toContain("broken COULD NOT RUN: no worker");
});

test("a value that is no number is left out, and the rest is kept", async () => {
  const outcome: Measurements = {
    figures: [{ label: "p95", unit: "s", runs: [Number.NaN, 1, Number.POSITIVE_INFINITY] }],
    charts: [
      {
        ...{ title: "t", kind: "line", x: { label: "x" }, y: { label: "y" } },
        series: [
          {
            name: "s",
            points: [
              { x: 1, y: Number.NaN },
              { x: "two", y: 2 },
              { x: Number.NaN, y: 3 },
            ],
          },
        ],
      },
    ],
    costs: [
      { title: "t", per: "job", rows: [{ process: "p", cpuMs: [Number.NaN, 1], peakMb: [2] }] },
    ],
  };
  const { results } = await run([{ ...example, run: async () => outcome }]);
  const [result] = results;
  expect(result?.figures[0]?.runs).toEqual([1]);
  expect(result?.charts[0]?.series[0]?.points).toEqual([{ x: "two", y: 2 }]);
  expect(result?.costs[0]?.rows[0]).toEqual({ process: "p", cpuMs: [1], peakMb: [2] });
});
