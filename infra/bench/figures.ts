import type { MeasuredStep } from "./bench.ts";
import type { Usage } from "./meter.ts";
import type { Bound, Chart, CostTable, Figure, Series } from "./result.ts";
import { median, percentileRanks } from "./statistics.ts";

/** What a figure must reach, and what it aims at. */
export interface Bounds {
  readonly must?: Bound;
  readonly aim?: Bound;
}

export function atLeast(must: number, aim?: number): Bounds {
  return { must: { atLeast: must }, ...(aim !== undefined && { aim: { atLeast: aim } }) };
}

export function atMost(must: number, aim?: number): Bounds {
  return { must: { atMost: must }, ...(aim !== undefined && { aim: { atMost: aim } }) };
}

/**
 * Makes figures of the same runs: one value a run.
 *
 * @param prefix of every label
 * @param boundsOf what is asked of figures, by their labels with the prefix or without
 */
export function figuresOf<Run>(
  runs: readonly Run[],
  prefix = "",
  boundsOf: Readonly<Record<string, Bounds>> = {},
) {
  type Value = (run: Run) => number;
  return (label: string, unit: string, value: Value, bounds?: Bounds): Figure => {
    const asked = bounds ?? boundsOf[prefix + label] ?? boundsOf[label];
    return { label: `${prefix}${label}`, unit, runs: runs.map(value), ...asked };
  };
}

/** @param x the name of its axis, and whether that is logarithmic */
export function lineChart(
  title: string,
  x: string | Chart["x"],
  y: string,
  series: Series[],
): Chart {
  const axis = typeof x === "string" ? { label: x } : x;
  return { title, kind: "line", x: axis, y: { label: y }, series };
}

export function barChart(title: string, x: string, y: string, series: Series[]): Chart {
  return { title, kind: "bar", x: { label: x }, y: { label: y }, series };
}

/** Latency by percentile, a line a run. */
export function latencyChart<Run>(
  title: string,
  runs: readonly Run[],
  ms: (run: Run, percentile: number) => number,
): Chart {
  const series = runs.map((run, i) => ({
    name: `run ${i + 1}`,
    points: percentileRanks.map((p) => ({ x: p, y: ms(run, p) })),
  }));
  return lineChart(title, "percentile", "ms", series);
}

/** For each name a value at every step: the median of its runs. */
export function medianSeries<Step, Run>(
  measured: readonly MeasuredStep<Step, Run>[],
  x: (step: Step) => number | string,
  values: Readonly<Record<string, (run: Run, step: Step) => number>>,
): Series[] {
  return Object.entries(values).map(([name, value]) => ({
    name,
    points: measured.map(({ step, runs }) => ({
      x: x(step),
      y: median(runs.map((run) => value(run, step))),
    })),
  }));
}

/** A line for each group of steps. */
export function groupedSeries<Step, Run>(
  measured: readonly MeasuredStep<Step, Run>[],
  nameOf: (step: Step) => string,
  x: (step: Step) => number,
  value: (run: Run) => number,
): Series[] {
  const groups = Map.groupBy(measured, ({ step }) => nameOf(step));
  return [...groups].flatMap(([name, steps]) => medianSeries(steps, x, { [name]: value }));
}

/** One bar a run. */
export function runBars<Run>(name: string, runs: readonly Run[], y: (run: Run) => number): Series {
  return { name, points: runs.map((run, i) => ({ x: `run ${i + 1}`, y: y(run) })) };
}

/** What was done, as a count, and what each process used for it. */
interface Metered {
  readonly usage: readonly Usage[];
  readonly units: number;
}

/** Of every process: CPU for each unit of the work done, and peak memory. */
export function costTable(title: string, per: string, runs: readonly Metered[]): CostTable {
  const names = new Set(runs.flatMap(({ usage }) => usage.map(({ name }) => name)));
  const rows = [...names].map((process) => ({
    process,
    cpuMs: runs.map(({ usage, units }) => usageOf(usage, process).cpuMs / units),
    peakMb: runs.map(({ usage }) => usageOf(usage, process).rssMb),
  }));
  return { title, per, rows };
}

/** What one process used; NaN where it was not metered. */
export function usageOf(usage: readonly Usage[], process: string): Omit<Usage, "name"> {
  return usage.find(({ name }) => name === process) ?? { cpuMs: Number.NaN, rssMb: Number.NaN };
}
