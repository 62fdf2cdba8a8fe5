import type { Bench, Chart, Figure, Given, Outcome, Series } from "./bench.ts";
import { costTable } from "./cost-table.ts";
import { median } from "./statistics.ts";
import { type Pace, runUsers, type UsersRun } from "./users-run.ts";

/** Runs of one level. */
interface Level {
  readonly users: number;
  readonly runs: readonly UsersRun[];
}
type Bounds = Pick<Figure, "must" | "aim">;

const levels = [250, 500, 1_000, 2_500, 5_000];
/**
 * The users come within one floor, go through one more as a warm-up, and are watched through three: whole
 * rounds, so that every user counts alike and a wave of arrivals, if there is one, as often as its trough.
 */
const pace: Pace = {
  visionMs: 6_900,
  answerMs: 4_800,
  warmUpMs: 2 * 11_700,
  windowMs: 3 * 11_700,
};
const quickLevels = [5, 10];
const quickPace: Pace = { visionMs: 100, answerMs: 80, warmUpMs: 2 * 180, windowMs: 2_000 };

/** Closed-loop users of the whole system: HTTP and SSE, edge and worker, and a model that takes its time. */
export const users: Bench = {
  name: "users",
  measures:
    "virtual users who submit, follow the event stream to the end and start over, against edge and " +
    "worker with a model that takes 6.9 s and 4.8 s",
  run: runLevels,
};

async function runLevels(given: Given): Promise<Outcome> {
  const timing = given.quick ? quickPace : pace;
  const measured: Level[] = [];
  for (const count of given.quick ? quickLevels : levels) {
    const runs: UsersRun[] = [];
    for (let run = 1; run <= given.runs; run++) {
      given.say(`users ${count}, run ${run} of ${given.runs}`);
      const { urls, services } = given;
      const result = await runUsers({ urls, services, users: count, pace: timing });
      given.say(summary(result, timing));
      runs.push(result);
    }
    measured.push({ users: count, runs });
  }
  return {
    figures: measured.flatMap((level) => figuresOf(level, timing)),
    charts: chartsOf(measured, timing),
    costs: measured.map(({ users: count, runs }) =>
      costTable(`${count} users`, "job", runs, ({ finished }) => finished),
    ),
  };
}

function summary(run: UsersRun, timing: Pace): string {
  const e2e = [run.e2eMs.p50, run.e2eMs.p95, run.e2eMs.p99].map((ms) => seconds(ms).toFixed(2));
  const errors = Object.entries(run.errors).map(([kind, count]) => `${kind} ${count}`);
  return [
    `${run.completed} of ${run.accepted} complete`,
    `${Math.round(jobsPerMinute(run, timing))} jobs/min`,
    `E2E p50/p95/p99 ${e2e.join("/")} s`,
    `at most ${run.inFlightMax} in flight`,
    `${run.reconnects} streams resumed`,
    errors.length > 0 ? `errors: ${errors.join(", ")}` : "no errors",
  ].join(", ");
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

function figuresOf({ users: count, runs }: Level, timing: Pace): Figure[] {
  const figure = (label: string, unit: string, read: (run: UsersRun) => number): Figure => ({
    label: `${count} users: ${label}`,
    unit,
    runs: runs.map(read),
    ...boundsOfAll[label],
    ...bounds[count]?.[label],
  });
  const floorMs = timing.visionMs + timing.answerMs;
  return [
    figure("completion", "%", ({ completed, accepted }) => (100 * completed) / accepted),
    figure("throughput", "jobs/min", (run) => jobsPerMinute(run, timing)),
    figure("E2E p50", "s", (run) => seconds(run.e2eMs.p50)),
    figure("E2E p95", "s", (run) => seconds(run.e2eMs.p95)),
    figure("E2E p99", "s", (run) => seconds(run.e2eMs.p99)),
    figure("E2E p95 over the model's own time", "s", (run) => seconds(run.e2eMs.p95 - floorMs)),
    figure("submit p95", "ms", (run) => run.submitMs.p95),
    figure("event lag p95", "ms", (run) => run.lagMs.p95),
    figure("scans in flight, most at once", "", (run) => run.inFlightMax),
    figure("errors", "", ({ errors }) => Object.values(errors).reduce((sum, n) => sum + n, 0)),
    figure("streams resumed", "", (run) => run.reconnects),
    figure("worker peak memory", "MB", (run) => usageOf(run, "worker").rssMb),
    figure("Redis left by a finished job", "bytes", (run) => run.redisBytes),
  ];
}

function chartsOf(measured: readonly Level[], timing: Pace): Chart[] {
  const line = (name: string, read: (run: UsersRun) => number): Series => ({
    name,
    points: measured.map(({ users: x, runs }) => ({ x, y: median(runs.map(read)) })),
  });
  const x = { label: "users", isLog: true };
  return [
    {
      title: "Submit to done",
      x,
      y: { label: "s" },
      kind: "line",
      series: [
        line("p50", (run) => seconds(run.e2eMs.p50)),
        line("p95", (run) => seconds(run.e2eMs.p95)),
        line("p99", (run) => seconds(run.e2eMs.p99)),
        line("model alone", () => seconds(timing.visionMs + timing.answerMs)),
      ],
    },
    {
      title: "Finished scans",
      x,
      y: { label: "jobs/min" },
      kind: "line",
      series: [line("finished", (run) => jobsPerMinute(run, timing))],
    },
    {
      title: "CPU of a scan by process",
      x: { label: "users" },
      y: { label: "ms a job" },
      kind: "bar",
      series: processesOf(measured).map((name) => ({
        name,
        points: measured.map(({ users: count, runs }) => ({
          x: String(count),
          y: median(runs.map((run) => usageOf(run, name).cpuMs / run.finished)),
        })),
      })),
    },
  ];
}

function processesOf(measured: readonly Level[]): string[] {
  return measured[0]?.runs[0]?.usage.map(({ name }) => name) ?? [];
}

function usageOf({ usage }: UsersRun, process: string): { cpuMs: number; rssMb: number } {
  return usage.find(({ name }) => name === process) ?? { cpuMs: Number.NaN, rssMb: Number.NaN };
}

function jobsPerMinute({ finished }: UsersRun, { windowMs }: Pace): number {
  return (finished * 60_000) / windowMs;
}

function seconds(ms: number): number {
  return ms / 1_000;
}
