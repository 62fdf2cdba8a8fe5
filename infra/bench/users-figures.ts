import type { MeasuredStep } from "./bench.ts";
import {
  type Bounds,
  barChart,
  costTable,
  figuresOf,
  lineChart,
  medianLine,
  usageOf,
} from "./figures.ts";
import type { Chart, Figure, Measurements, Series } from "./result.ts";
import { median } from "./statistics.ts";
import type { Level, UsersRun } from "./users-measure.ts";

type Measured = MeasuredStep<Level, UsersRun>;

export function usersFigures(measured: readonly Measured[]): Measurements {
  return {
    figures: measured.flatMap(levelFigures),
    charts: [latencyChart(measured), throughputChart(measured), cpuChart(measured)],
    costs: measured.map(({ step, runs }) => costTable(`${step.users} users`, "job", runs)),
  };
}

/** What is asked of single levels. */
const bounds: Readonly<Record<number, Readonly<Record<string, Bounds>>>> = {
  500: { "E2E p95": { must: { atMost: 12.3 }, aim: { atMost: 11.9 } } },
  2500: {
    "E2E p95": { must: { atMost: 13 }, aim: { atMost: 12.3 } },
    "submit p95": { must: { atMost: 100 }, aim: { atMost: 25 } },
  },
  5000: {
    "E2E p95": { aim: { atMost: 13 } },
    "worker peak memory": { must: { atMost: 600 }, aim: { atMost: 300 } },
  },
};
const boundsOfAll: Readonly<Record<string, Bounds>> = {
  completion: { must: { atLeast: 100 } },
  "Redis left by a finished job": { must: { atMost: 3_000 }, aim: { atMost: 1_500 } },
};

function levelFigures({ step, runs }: Measured): Figure[] {
  const make = figuresOf(runs);
  const figure = (label: string, unit: string, value: (run: UsersRun) => number) =>
    make(`${step.users} users: ${label}`, unit, value, {
      ...boundsOfAll[label],
      ...bounds[step.users]?.[label],
    });
  return [
    figure("completion", "%", ({ completed, accepted }) => (100 * completed) / accepted),
    figure("throughput", "jobs/min", jobsPerMinute(step)),
    figure("E2E p50", "s", (run) => seconds(run.e2eMs.p50)),
    figure("E2E p95", "s", (run) => seconds(run.e2eMs.p95)),
    figure("E2E p99", "s", (run) => seconds(run.e2eMs.p99)),
    figure("E2E p95 over the model's own time", "s", (run) =>
      seconds(run.e2eMs.p95 - modelMs(step)),
    ),
    figure("submit p95", "ms", (run) => run.submitMs.p95),
    figure("event lag p95", "ms", (run) => run.lagMs.p95),
    figure("scans in flight, most at once", "", (run) => run.inFlightMax),
    figure("errors", "", ({ errors }) => Object.values(errors).reduce((sum, n) => sum + n, 0)),
    figure("streams resumed", "", (run) => run.reconnects),
    figure("worker peak memory", "MB", (run) => usageOf(run.usage, "worker").rssMb),
    figure("Redis left by a finished job", "bytes", (run) => run.redisBytes),
  ];
}

const x = { label: "users", isLog: true };
const countOf = ({ users }: Level) => users;

function latencyChart(measured: readonly Measured[]): Chart {
  const line = (name: string, value: (run: UsersRun) => number) =>
    medianLine(name, measured, countOf, value);
  const model = measured.map(({ step }) => ({ x: step.users, y: seconds(modelMs(step)) }));
  return lineChart("Submit to done", x, { label: "s" }, [
    line("p50", (run) => seconds(run.e2eMs.p50)),
    line("p95", (run) => seconds(run.e2eMs.p95)),
    line("p99", (run) => seconds(run.e2eMs.p99)),
    { name: "model alone", points: model },
  ]);
}

function throughputChart(measured: readonly Measured[]): Chart {
  const points = measured.map(({ step, runs }) => ({
    x: step.users,
    y: median(runs.map(jobsPerMinute(step))),
  }));
  return lineChart("Finished scans", x, { label: "jobs/min" }, [{ name: "finished", points }]);
}

function cpuChart(measured: readonly Measured[]): Chart {
  const processes = measured[0]?.runs[0]?.usage.map(({ name }) => name) ?? [];
  const series = processes.map((name): Series => {
    const cpuMs = ({ usage, units }: UsersRun) => usageOf(usage, name).cpuMs / units;
    const points = measured.map(({ step, runs }) => ({
      x: String(step.users),
      y: median(runs.map(cpuMs)),
    }));
    return { name, points };
  });
  return barChart("CPU of a scan by process", { label: "users" }, { label: "ms a job" }, series);
}

function modelMs({ visionMs, answerMs }: Level): number {
  return visionMs + answerMs;
}

function jobsPerMinute({ windowMs }: Level) {
  return ({ finished }: UsersRun): number => (finished * 60_000) / windowMs;
}

function seconds(ms: number): number {
  return ms / 1_000;
}
