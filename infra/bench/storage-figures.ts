import type { MeasuredStep } from "./bench.ts";
import { type Bounds, costTable, figuresOf } from "./figures.ts";
import type { Chart, CostTable, Measurements } from "./result.ts";
import { percentile, percentileRanks } from "./statistics.ts";
import { type StorageRun, type StorageStep, steadyPerS } from "./storage-measure.ts";

export function storageFigures(
  measured: readonly MeasuredStep<StorageStep, StorageRun>[],
): Measurements {
  const runs = measured.flatMap((step) => step.runs);
  const figure = figuresOf(runs);
  const latency = (p: number, bounds: Bounds = {}) =>
    figure(`Publish to row at ${steadyPerS} grants/s, p${p}`, "ms", latencyAt(p), bounds);
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
    charts: [rowsChart(runs), latencyChart(runs)],
    costs: costTables(runs),
  };
}

const latencyAt = (p: number) => (run: StorageRun) => percentile(run.steady.latenciesMs, p);

/** Of the last run. */
function rowsChart(runs: readonly StorageRun[]): Chart {
  const last = runs.at(-1);
  const line = (name: string, part: "ownership" | "both") => ({
    name,
    points: (last?.[part].progress ?? []).map(({ atS, rows }) => ({ x: atS, y: rows })),
  });
  return {
    title: "Rows while draining",
    kind: "line",
    x: { label: "s" },
    y: { label: "rows" },
    series: [line("ownership", "ownership"), line("ownership and collection", "both")],
  };
}

function latencyChart(runs: readonly StorageRun[]): Chart {
  return {
    title: `Publish to row at ${steadyPerS} grants/s`,
    kind: "line",
    x: { label: "percentile" },
    y: { label: "ms" },
    series: runs.map((run, i) => ({
      name: `run ${i + 1}`,
      points: percentileRanks.map((p) => ({ x: p, y: latencyAt(p)(run) })),
    })),
  };
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
