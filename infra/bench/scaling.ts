import { createBench, type MeasuredStep } from "./bench.ts";
import { costTable, figuresOf, groupedSeries, lineChart } from "./figures.ts";
import {
  type Backlog,
  type Drain,
  drainText,
  rate,
  startDraining,
  workerCpuMs,
} from "./overhead-measure.ts";

const warmUpJobs = 1_000;

/** A backlog must drain at the cost of a short queue: nothing in the way of a scan may grow with it. */
export const scaling = createBench({
  name: "scaling",
  measures: "the same with 1 and 2 worker processes, and with a backlog of 10³ to 10⁵ scans",
  steps: {
    full: [
      { workers: 1, jobs: 1_000, warmUpJobs },
      { workers: 1, jobs: 10_000, warmUpJobs },
      { workers: 1, jobs: 100_000, warmUpJobs },
      { workers: 2, jobs: 1_000, warmUpJobs },
      { workers: 2, jobs: 10_000, warmUpJobs },
    ],
    quick: [
      { workers: 1, jobs: 100, warmUpJobs: 50 },
      { workers: 2, jobs: 100, warmUpJobs: 50 },
    ],
  },
  start: startDraining,
  summary: drainText,
  figures: (measured) => ({
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
  }),
});

function byBacklog(
  measured: readonly MeasuredStep<Backlog, Drain>[],
  title: string,
  unit: string,
  value: (drain: Drain) => number,
) {
  const nameOf = ({ workers }: Backlog) => workersText(workers);
  const series = groupedSeries(measured, nameOf, ({ jobs }) => jobs, value);
  return lineChart(title, { label: "queued scans", isLog: true }, unit, series);
}

function workersText(workers: number): string {
  return workers === 1 ? "1 worker" : `${workers} workers`;
}
