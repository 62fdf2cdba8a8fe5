import { createBench, type MeasuredStep } from "./bench.ts";
import { atLeast, atMost, barChart, figuresOf, medianSeries } from "./figures.ts";
import { type LimitLevel, type LimitsRun, measureLimits } from "./limits-measure.ts";
import { bucket, type Limit, random, slots } from "./limits-model.ts";
import type { Figure } from "./result.ts";

type Load = Omit<LimitLevel, "limit">;

const callMs = 2_000;
const steady: Load = {
  users: 300,
  isSteady: true,
  workers: 1,
  callMs,
  warmUpMs: 5_000,
  windowMs: 40_000,
};
/** From its first call on: how a limit is met is part of it. */
const burst: Load = { ...steady, users: 1_500, isSteady: false, windowMs: 240_000 };
const quick = { callMs: 100, warmUpMs: 500, windowMs: 1_500 };
const levels = (load: Load, ...limits: readonly Limit[]): LimitLevel[] =>
  limits.map((limit) => ({ ...load, limit }));

/** What a provider lets through, and what becomes of it. A level is an average of thousands of calls. */
export const limits = createBench({
  name: "limits",
  measures:
    "a model that refuses calls: how much of what it lets through is used, with `Retry-After: 1` and two " +
    "calls of 2 s a scan",
  steps: {
    full: [
      ...levels(steady, bucket(20), bucket(60), bucket(200)),
      ...levels(burst, bucket(20), bucket(60), bucket(200)),
      ...levels(steady, random(1), random(5), slots(32, callMs)),
      ...levels({ ...steady, workers: 2 }, bucket(60)),
    ],
    quick: [
      ...levels({ ...steady, ...quick, users: 30 }, random(5)),
      ...levels({ ...burst, ...quick, users: 120, windowMs: 10_000 }, bucket(60)),
    ],
  },
  isOneRun: true,
  start: async (level, context) => () => measureLimits(level, context),
  summary: limitsText,
  figures: (measured) => ({
    figures: measured.flatMap(levelFigures),
    charts: [
      barChart(
        "Calls let through and refused",
        "limit",
        "%",
        medianSeries(measured, nameOf, {
          "of what the model would let through": ({ share }) => 100 * share,
          "refused, of all calls": ({ refusedShare }) => 100 * refusedShare,
        }),
      ),
    ],
    costs: [],
  }),
});

/** One line of progress. */
function limitsText(run: LimitsRun, level: LimitLevel): string {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  return [
    nameOf(level),
    `${percent(run.share)} of what is let through`,
    `${percent(run.refusedShare)} refused`,
    `${run.downloadsAScan.toFixed(2)} downloads a scan`,
    `${run.ended} scans ended, ${run.failed} failed`,
  ].join(", ");
}

function levelFigures({ step, runs }: MeasuredStep<LimitLevel, LimitsRun>): Figure[] {
  const figure = figuresOf(runs, `${nameOf(step)}: `);
  return [
    figure("of what the model would let through", "%", (run) => 100 * run.share, atLeast(90)),
    figure("refused", "%", (run) => 100 * run.refusedShare, atMost(10)),
    figure("scans failed", "", (run) => run.failed, atMost(0)),
    figure("downloads of a photo", "", (run) => run.downloadsAScan, atMost(1.2)),
  ];
}

function nameOf({ limit, workers, users, isSteady }: LimitLevel): string {
  const load = isSteady ? `${users} users` : `burst of ${users.toLocaleString("en")}`;
  return `${limit.name}, ${load}${workers > 1 ? `, ${workers} workers` : ""}`;
}
