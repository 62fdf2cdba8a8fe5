import type { Outcome } from "./bench.ts";

/** The outcome without values that are no numbers: those were not measured, and JSON has no NaN. */
export function measured({ figures, charts, costs }: Outcome): Outcome {
  return {
    figures: figures.map((figure) => ({ ...figure, runs: figure.runs.filter(Number.isFinite) })),
    charts: charts.map((chart) => ({
      ...chart,
      series: chart.series.map(({ name, points }) => ({
        name,
        points: points.filter(({ x, y }) => isSound(x) && isSound(y)),
      })),
    })),
    costs: costs.map((table) => ({
      ...table,
      rows: table.rows.map(({ process, cpuMs, peakMb }) => ({
        process,
        cpuMs: cpuMs.filter(Number.isFinite),
        peakMb: peakMb.filter(Number.isFinite),
      })),
    })),
  };
}

function isSound(value: number | string): boolean {
  return typeof value === "string" || Number.isFinite(value);
}
