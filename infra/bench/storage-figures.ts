import type { MeasuredStep } from "./bench.ts";
import { type Bounds, costTable, figuresOf, latencyChart, lineChart } from "./figures.ts";
import type { Chart, CostTable, Measurements } from "./result.ts";
import { percentile } from "./statistics.ts";
import { type StorageRun, type StorageStep, steadyPerS } from "./storage-measure.ts";

export function storageFigures(
  measured: readonly MeasuredStep<StorageStep, StorageRun>[],
): Measurements {
  const runs = measured.flatMap((step) => step.runs);
  const figure = figuresOf(runs);
  const latency = (p: number, bounds: Bounds = {}) =>
    figure(`Publish to row ${at}, p${p}`, "ms", (run) => latencyOf(run, p), bounds);
  return {
    figures: [
      // The goal is one row a grant; with the collection it is two.
      figure("Drained: ownership", "grants/s", ({ ownership }) => ownership.perS, {
        must: { atLeast: 5_000 },
        aim: { atLeast: 20_000 },
      }),
      figure("Drained: ownership and collection", "grants/s", ({ both }) => both.perS),
      latency(50),
      latency(95, { must: { atMost: 250 } }),
      latency(99),
    ],
    charts: [rowsChart(runs), latencyChart(`Publish to row ${at}`, runs, latencyOf)],
    costs: costTables(runs),
  };
}

const at = `at ${steadyPerS} grants/s`;
const latencyOf = ({ steady }: StorageRun, p: number) => percentile(steady.latenciesMs, p);

/** Of the last run. */
function rowsChart(runs: readonly StorageRun[]): Chart {
  const line = (name: string, part: "ownership" | "both") => ({
    name,
    points: (runs.at(-1)?.[part].progress ?? []).map(({ atS, rows }) => ({ x: atS, y: rows })),
  });
  return lineChart("Rows while draining", { label: "s" }, { label: "rows" }, [
    line("ownership", "ownership"),
    line("ownership and collection", "both"),
  ]);
}

function costTables(runs: readonly StorageRun[]): CostTable[] {
  const drain = (title: string, part: "ownership" | "both") =>
    costTable(
      title,
      "grant",
      runs.map((run) => run[part]),
    );
  return [
    drain("Draining: ownership", "ownership"),
    drain("Draining: ownership and collection", "both"),
    costTable(
      `At ${steadyPerS} grants/s, the look at the table every 2 ms included`,
      "grant",
      runs.map(({ steady }) => ({ usage: steady.usage, units: steady.latenciesMs.length })),
    ),
  ];
}
