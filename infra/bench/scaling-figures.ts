import type { MeasuredStep } from "./bench.ts";
import { costTable, figuresOf, lineChart, medianLine } from "./figures.ts";
import type { Backlog, Drain } from "./overhead-measure.ts";
import type { Chart, Measurements } from "./result.ts";

export function scalingFigures(measured: readonly MeasuredStep<Backlog, Drain>[]): Measurements {
  return {
    figures: measured.flatMap(({ step: { workers, jobs }, runs }) => {
      const of = `${workersText(workers)}, ${jobs.toLocaleString("en")} scans`;
      const figure = figuresOf(runs);
      return [
        figure(`rate: ${of}`, "jobs/s", rate),
        figure(`CPU of the workers a job: ${of}`, "ms", workerCpuMs),
      ];
    }),
    charts: [
      byBacklog(measured, "Rate by backlog", "jobs/s", rate),
      byBacklog(measured, "CPU of the workers a job by backlog", "ms", workerCpuMs),
    ],
    costs: measured.map(({ step: { workers, jobs }, runs }) =>
      costTable(`${workers} worker(s), ${jobs} scans`, "job", runs),
    ),
  };
}

/** A line for each number of workers. */
function byBacklog(
  measured: readonly MeasuredStep<Backlog, Drain>[],
  title: string,
  unit: string,
  value: (drain: Drain) => number,
): Chart {
  const byWorkers = Map.groupBy(measured, ({ step }) => step.workers);
  const series = [...byWorkers].map(([workers, steps]) =>
    medianLine(workersText(workers), steps, ({ jobs }) => jobs, value),
  );
  return lineChart(title, { label: "queued scans", isLog: true }, { label: unit }, series);
}

function workersText(workers: number): string {
  return workers === 1 ? "1 worker" : `${workers} workers`;
}

function rate({ units, seconds }: Drain): number {
  return units / seconds;
}

function workerCpuMs({ units, usage }: Drain): number {
  const workers = usage.filter(({ name }) => name.startsWith("worker"));
  return workers.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / units;
}
