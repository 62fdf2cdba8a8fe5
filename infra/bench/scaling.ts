import type { Bench, Outcome } from "./bench.ts";
import { costTable } from "./cost-table.ts";
import { type Drained, startWorkers } from "./drain.ts";
import { wipe } from "./servers.ts";
import { median } from "./statistics.ts";

/** Queued scans, and the worker processes that drain them. */
const steps = {
  full: [
    { workers: 1, jobs: 1_000 },
    { workers: 1, jobs: 10_000 },
    { workers: 1, jobs: 100_000 },
    { workers: 2, jobs: 1_000 },
    { workers: 2, jobs: 10_000 },
  ],
  quick: [
    { workers: 1, jobs: 100 },
    { workers: 1, jobs: 200 },
    { workers: 2, jobs: 100 },
  ],
} as const;
const warmUpJobs = { full: 1_000, quick: 50 };

interface Step {
  readonly workers: number;
  readonly jobs: number;
  readonly drains: readonly Drained[];
}

/** A backlog must drain at the cost of a short queue: nothing in the way of a scan may grow with it. */
export const scaling: Bench = {
  name: "scaling",
  measures: "the same with 1 and 2 worker processes, and with a backlog of 10³ to 10⁵ scans",
  async run({ urls, services, runs, quick, say }): Promise<Outcome> {
    const size = quick ? "quick" : "full";
    const measured: Step[] = [];
    for (const { workers: count, jobs } of steps[size]) {
      const workers = await startWorkers(count, { urls, services });
      try {
        await workers.drain(warmUpJobs[size] * count);
        const drains: Drained[] = [];
        for (let run = 1; run <= runs; run++) {
          await wipe(urls);
          const drained = await workers.drain(jobs);
          drains.push(drained);
          const rate = (jobs / drained.seconds).toFixed(0);
          say(`${count} worker(s), ${jobs} scans, run ${run} of ${runs}: ${rate}/s`);
        }
        measured.push({ workers: count, jobs, drains });
      } finally {
        await workers.stop();
      }
    }
    return report(measured);
  },
};

function report(steps: readonly Step[]): Outcome {
  const counts = [...new Set(steps.map(({ workers }) => workers))];
  const chart = (title: string, unit: string, measure: (drain: Drained) => number) => ({
    title,
    kind: "line" as const,
    x: { label: "queued scans", isLog: true },
    y: { label: unit },
    series: counts.map((count) => ({
      name: count === 1 ? "1 worker" : `${count} workers`,
      points: steps
        .filter(({ workers }) => workers === count)
        .map(({ jobs, drains }) => ({ x: jobs, y: median(drains.map(measure)) })),
    })),
  });
  return {
    figures: steps.flatMap(({ workers, jobs, drains }) => {
      const of = `${workers} worker${workers > 1 ? "s" : ""}, ${jobs.toLocaleString("en")} scans`;
      return [
        { label: `rate: ${of}`, unit: "jobs/s", runs: drains.map(rate) },
        { label: `CPU of the workers a job: ${of}`, unit: "ms", runs: drains.map(workerCpuMs) },
      ];
    }),
    charts: [
      chart("Rate by backlog", "jobs/s", rate),
      chart("CPU of the workers a job by backlog", "ms", workerCpuMs),
    ],
    costs: steps.map(({ workers, jobs, drains }) =>
      costTable(`${workers} worker(s), ${jobs} scans`, "job", drains, () => jobs),
    ),
  };
}

function rate({ jobs, seconds }: Drained): number {
  return jobs / seconds;
}

function workerCpuMs({ jobs, usage }: Drained): number {
  const workers = usage.filter(({ name }) => name.startsWith("worker"));
  return workers.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / jobs;
}
