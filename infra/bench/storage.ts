import type { TaskName } from "#lib/contract/task.ts";
import { createBench } from "./bench.ts";
import {
  atLeast,
  atMost,
  type Bounds,
  costTable,
  figuresOf,
  latencyChart,
  lineChart,
} from "./figures.ts";
import type { Measurements } from "./result.ts";
import { percentile } from "./statistics.ts";
import {
  type GrantDrain,
  type GrantLatency,
  measureDrain,
  measureLatency,
} from "./storage-measure.ts";

interface StorageRun {
  readonly ownership: GrantDrain;
  /** As a reward publishes a grant: to both queues. */
  readonly both: GrantDrain;
  readonly steady: GrantLatency;
}

const ownershipQueue: readonly TaskName[] = ["character.save_ownership"];
const bothQueues: readonly TaskName[] = ["character.save_ownership", "users.save_character"];
/** Of grants that come at a steady rate, to measure the time of one. */
const steadyPerS = 500;
const at = `at ${steadyPerS} grants/s`;

/** `grants` are drained, the warm-up included; for so many seconds they come at a steady rate. */
export const storage = createBench({
  name: "storage",
  measures:
    "Ownership grants from the queue into PostgreSQL: grants a second, and how long one takes",
  steps: {
    full: [{ grants: 25_000, seconds: 20 }],
    quick: [{ grants: 250, seconds: 0.5 }],
  },
  start:
    async ({ grants, seconds }, context) =>
    async () => ({
      ownership: await measureDrain(context, ownershipQueue, grants),
      both: await measureDrain(context, bothQueues, grants),
      steady: await measureLatency(context, bothQueues, { perS: steadyPerS, seconds }),
    }),
  summary: ({ ownership, both, steady }) => {
    const [one, two, rate] = [ownership, both, steady].map(({ perS }) => Math.round(perS));
    const p95 = percentile(steady.latenciesMs, 95).toFixed(1);
    return `${one} grants/s, with the collection ${two}; at ${rate} grants/s p95 ${p95} ms`;
  },
  figures: (measured) => storageFigures(measured.flatMap(({ runs }) => runs)),
});

function storageFigures(runs: readonly StorageRun[]): Measurements {
  const figure = figuresOf(runs);
  const latencyOf = ({ steady }: StorageRun, p: number) => percentile(steady.latenciesMs, p);
  const latency = (p: number, bounds: Bounds = {}) =>
    figure(`Publish to row ${at}, p${p}`, "ms", (run) => latencyOf(run, p), bounds);
  const parts = (part: keyof StorageRun) => runs.map((run) => run[part]);
  /** Of the last run. */
  const line = (name: string, drain: GrantDrain | undefined) => ({
    name,
    points: (drain?.progress ?? []).map(({ atS, rows }) => ({ x: atS, y: rows })),
  });
  const last = runs.at(-1);
  return {
    figures: [
      // The goal is one row a grant; with the collection it is two.
      figure("Drained: ownership", "grants/s", (run) => run.ownership.perS, atLeast(5_000, 20_000)),
      figure("Drained: ownership and collection", "grants/s", (run) => run.both.perS),
      latency(50),
      latency(95, atMost(250)),
      latency(99),
    ],
    charts: [
      lineChart("Rows while draining", "s", "rows", [
        line("ownership", last?.ownership),
        line("ownership and collection", last?.both),
      ]),
      latencyChart(`Publish to row ${at}`, runs, latencyOf),
    ],
    costs: [
      costTable("Draining: ownership", "grant", parts("ownership")),
      costTable("Draining: ownership and collection", "grant", parts("both")),
      costTable(
        `At ${steadyPerS} grants/s, the look at the table every 2 ms included`,
        "grant",
        parts("steady"),
      ),
    ],
  };
}
