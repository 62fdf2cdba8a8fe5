import { createBench, type MeasuredStep } from "./bench.ts";
import {
  atLeast,
  atMost,
  type Bounds,
  barChart,
  costTable,
  figuresOf,
  lineChart,
  medianSeries,
  usageOf,
} from "./figures.ts";
import type { Chart, Figure } from "./result.ts";
import { percentile } from "./statistics.ts";
import { type Level, measureUsers, type UsersRun } from "./users-measure.ts";

/**
 * The users come within one floor, go through one more as a warm-up, and are watched through three: whole
 * rounds, so that every user counts alike and a wave of arrivals, if there is one, as often as its trough.
 */
const full = { visionMs: 6_900, answerMs: 4_800, warmUpMs: 2 * 11_700, windowMs: 3 * 11_700 };
const quick = { visionMs: 100, answerMs: 80, warmUpMs: 2 * 180, windowMs: 2_000 };

/** Closed-loop users of the whole system: HTTP and SSE, edge and worker, and a model that takes its time. */
export const users = createBench({
  name: "users",
  measures:
    "virtual users who submit, follow the event stream to the end and start over, against edge and " +
    "worker with a model that takes 6.9 s and 4.8 s",
  steps: {
    full: [250, 500, 1_000, 2_500, 5_000].map((count) => ({ users: count, ...full })),
    confined: [{ users: 500, ...full }],
    quick: [{ users: 10, ...quick }],
  },
  start: async (level, context) => () => measureUsers(level, context),
  summary: usersText,
  figures: (measured) => ({
    figures: measured.flatMap(levelFigures),
    charts: charts(measured),
    costs: measured.map(({ step, runs }) => costTable(`${step.users} users`, "job", runs)),
  }),
});

type Measured = MeasuredStep<Level, UsersRun>;

/** One line of progress. */
function usersText(run: UsersRun, level: Level): string {
  const e2e = [50, 95, 99].map((p) => e2eS(p)(run).toFixed(2));
  const errors = Object.entries(run.errors).map(([kind, count]) => `${kind} ${count}`);
  return [
    `${level.users} users`,
    `${run.completed} of ${run.accepted} complete`,
    `${Math.round(jobsPerMinute(run, level))} jobs/min`,
    `E2E p50/p95/p99 ${e2e.join("/")} s`,
    `at most ${run.inFlightMax} in flight`,
    `${run.reconnects} streams resumed`,
    errors.length > 0 ? `errors: ${errors.join(", ")}` : "no errors",
  ].join(", ");
}

/** What is asked of single levels, and of all. */
const bounds: Readonly<Record<string, Bounds>> = {
  "500 users: E2E p95": atMost(12.3, 11.9),
  "2500 users: E2E p95": atMost(13, 12.3),
  "2500 users: submit p95": atMost(100, 25),
  "5000 users: E2E p95": { aim: { atMost: 13 } },
  "5000 users: worker peak memory": atMost(600, 300),
  completion: atLeast(100),
  "Redis left by a finished job": atMost(2_048, 1_500),
};

function levelFigures({ step, runs }: Measured): Figure[] {
  const figure = figuresOf(runs, `${step.users} users: `, bounds);
  return [
    figure("completion", "%", ({ completed, accepted }) => (100 * completed) / accepted),
    figure("throughput", "jobs/min", (run) => jobsPerMinute(run, step)),
    ...[50, 95, 99].map((p) => figure(`E2E p${p}`, "s", e2eS(p))),
    figure("E2E p95 over the model's own time", "s", (run) => e2eS(95)(run) - modelS(step)),
    figure("submit p95", "ms", ({ submitMs }) => percentile(submitMs, 95)),
    figure("event lag p95", "ms", ({ lagMs }) => percentile(lagMs, 95)),
    figure("scans in flight, most at once", "", (run) => run.inFlightMax),
    figure("errors", "", ({ errors }) => Object.values(errors).reduce((sum, n) => sum + n, 0)),
    figure("streams resumed", "", (run) => run.reconnects),
    figure("worker peak memory", "MB", (run) => usageOf(run.usage, "worker").rssMb),
    ...(runs[0]?.peaksMb
      ? (["edge", "worker", "operator"] as const).map((name) =>
          figure(`${name} peak of its cgroup`, "MB", ({ peaksMb }) => peaksMb?.[name] ?? 0),
        )
      : []),
    figure("Redis left by a finished job", "bytes", (run) => run.redisBytes),
  ];
}

function charts(measured: readonly Measured[]): Chart[] {
  const [x, users] = [{ label: "users", isLog: true }, (level: Level) => level.users];
  const latency = medianSeries(measured, users, {
    p50: e2eS(50),
    p95: e2eS(95),
    p99: e2eS(99),
    "model alone": (_, level) => modelS(level),
  });
  const finished = medianSeries(measured, users, { finished: jobsPerMinute });
  const processes = measured[0]?.runs[0]?.usage.map(({ name }) => name) ?? [];
  const cpuMs = (name: string) => (run: UsersRun) => usageOf(run.usage, name).cpuMs / run.units;
  const byProcess = Object.fromEntries(processes.map((name) => [name, cpuMs(name)]));
  const cpu = medianSeries(measured, (level) => String(level.users), byProcess);
  return [
    lineChart("Submit to done", x, "s", latency),
    lineChart("Finished scans", x, "jobs/min", finished),
    barChart("CPU of a scan by process", "users", "ms a job", cpu),
  ];
}

/** From the submit to the end, as users saw it. */
const e2eS = (p: number) => (run: UsersRun) => percentile(run.e2eMs, p) / 1_000;

function modelS({ visionMs, answerMs }: Level): number {
  return (visionMs + answerMs) / 1_000;
}

function jobsPerMinute({ units }: UsersRun, { windowMs }: Level): number {
  return (units * 60_000) / windowMs;
}
