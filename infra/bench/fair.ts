import { createBench, type MeasuredStep } from "./bench.ts";
import { type FairLevel, type FairRun, measureFair } from "./fair-measure.ts";
import { atLeast, atMost, barChart, figuresOf, medianSeries } from "./figures.ts";
import { bucket } from "./limits-model.ts";
import type { Figure } from "./result.ts";
import { percentile } from "./statistics.ts";

const one: FairLevel = {
  limit: bucket(60),
  floods: 1,
  scansEach: 1_500,
  onAnotherWorker: false,
  lights: 20,
  pauseMs: 1_000,
  callMs: 2_000,
  unloadedMs: 25_000,
  loadedMs: 60_000,
};
/** As many as each may have in flight. */
const ten: FairLevel = { ...one, floods: 10, scansEach: 500 };
const quick: Partial<FairLevel> = {
  scansEach: 60,
  lights: 5,
  pauseMs: 100,
  callMs: 100,
  unloadedMs: 1_000,
  loadedMs: 2_000,
};

/** How fair the worker is between users. A level is hundreds of scans. */
export const fair = createBench({
  name: "fair",
  measures:
    "users who scan now and then, beside others who have queued all they may, with a model that lets 60 calls " +
    "a second through and takes 2 s for each of a scan's two",
  steps: {
    full: [one, ten, { ...one, onAnotherWorker: true }],
    quick: [{ ...one, ...quick }],
  },
  isOneRun: true,
  start: async (level, context) => () => measureFair(level, context),
  summary: fairText,
  figures: (measured) => ({
    figures: measured.flatMap(levelFigures),
    charts: [
      barChart(
        "What a light user waits",
        "flood",
        "ms (p95)",
        medianSeries(measured, nameOf, {
          "without the flood": (run) => percentile(run.unloaded, 95),
          "with it": (run) => percentile(run.loaded, 95),
        }),
      ),
    ],
    costs: [],
  }),
});

/** One line of progress. */
function fairText(run: FairRun, level: FairLevel): string {
  const p95 = (took: readonly number[]) =>
    `${Math.round(percentile(took, 95))} ms of ${took.length}`;
  return [
    nameOf(level),
    `light users' p95 ${p95(run.loaded)}, unloaded ${p95(run.unloaded)}: ${run.ratio.toFixed(2)} times`,
    `${(100 * run.share).toFixed(1)} % of what is let through`,
    `${run.failed} failed`,
  ].join(", ");
}

function levelFigures({ step, runs }: MeasuredStep<FairLevel, FairRun>): Figure[] {
  const figure = figuresOf(runs, `${nameOf(step)}: `);
  return [
    figure("light users' p95", "ms", (run) => percentile(run.loaded, 95)),
    figure("their p95 without it", "ms", (run) => percentile(run.unloaded, 95)),
    figure("the one by the other", "times", (run) => run.ratio, atMost(2.5)),
    figure("of what the model would let through", "%", (run) => 100 * run.share, atLeast(95)),
    figure("scans failed", "", (run) => run.failed, atMost(0)),
  ];
}

function nameOf({ floods, scansEach, onAnotherWorker }: FairLevel): string {
  const users = floods === 1 ? "one user" : `${floods} users`;
  const where = onAnotherWorker ? ", on another worker" : "";
  return `${users} with ${scansEach.toLocaleString("en")} scans${where}`;
}
