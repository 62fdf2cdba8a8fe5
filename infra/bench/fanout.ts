import { createBench, type MeasuredStep } from "./bench.ts";
import { type FanoutRun, type FanoutStep, measureFanout } from "./fanout-measure.ts";
import { atMost, figuresOf, groupedSeries, lineChart } from "./figures.ts";
import type { Chart, Figure } from "./result.ts";
import { median, percentile } from "./statistics.ts";

const sources = ["streams", "pubsub"] as const;
const nameOf = { streams: "each reads the streams", pubsub: "an event router publishes" } as const;

const sized = (gateways: readonly number[], eventsPerS: number, seconds: number): FanoutStep[] =>
  gateways.flatMap((count) =>
    sources.map((source) => ({ source, gateways: count, eventsPerS, seconds })),
  );

/** What is compared are two shapes, far apart. */
export const fanout = createBench({
  name: "fanout",
  measures:
    "1,000 events a second of scans that nobody follows here, and gateways with 16 clients each: the CPU that they " +
    "cost, where each gateway reads the streams, and where an event router publishes them, in milliseconds a " +
    "thousand events",
  steps: { full: sized([1, 2, 4, 8], 1_000, 8), quick: sized([1, 2], 100, 1) },
  isOneRun: true,
  start: async (step, context) => () => measureFanout(step, context),
  summary: (run, { gateways, source }) =>
    `${gateways} gateways, ${nameOf[source]}: ${Math.round(run.eventsPerS)} events/s, Redis ${ms(run.redis)}, ` +
    `Pub/Sub ${ms(run.pubsub)}, router ${ms(run.router)}, gateways ${ms(run.gateways)}, ` +
    `all ${ms(run.all)}, last event p95 ${Math.round(percentile(run.lagsMs, 95))} ms`,
  figures: (measured) => ({
    figures: [...measured.flatMap(figuresOfStep), ...crossings(measured)],
    charts: [
      chart("CPU of Redis by gateways", measured, ({ redis }) => redis),
      chart("CPU of everything by gateways", measured, ({ all }) => all),
    ],
    costs: [],
  }),
});

type Measured = MeasuredStep<FanoutStep, FanoutRun>;
type Value = (run: FanoutRun) => number;

const ms = (cpuMs: number): string => `${cpuMs.toFixed(0)} ms`;

function figuresOfStep({ step: { gateways, source }, runs }: Measured): Figure[] {
  const figure = figuresOf(runs, `${gateways} gateways, ${nameOf[source]}: `);
  return [
    figure("events a second", "", ({ eventsPerS }) => eventsPerS),
    figure("Redis", "ms CPU", ({ redis }) => redis),
    figure("Pub/Sub Redis", "ms CPU", ({ pubsub }) => pubsub),
    figure("router", "ms CPU", ({ router }) => router),
    figure("gateways", "ms CPU", (run) => run.gateways),
    figure("all", "ms CPU", ({ all }) => all),
    figure("lag p95", "ms", ({ lagsMs }) => percentile(lagsMs, 95)),
    figure("clients with a gap", "", ({ wrong }) => wrong, atMost(0)),
  ];
}

/** The fewest gateways measured from which on the router costs less; none where it never does. */
function crossings(measured: readonly Measured[]): Figure[] {
  const cpuMs = (source: FanoutStep["source"], gateways: number, value: Value) => {
    const one = measured.find(({ step }) => step.source === source && step.gateways === gateways);
    return median(one?.runs.map(value) ?? []);
  };
  const crossing = (label: string, value: Value): Figure[] => {
    const cheaper = measured
      .map(({ step }) => step.gateways)
      .filter((count) => cpuMs("pubsub", count, value) < cpuMs("streams", count, value));
    if (cheaper.length === 0) return [];
    return [{ label, unit: "gateways", runs: [Math.min(...cheaper)] }];
  };
  return [
    ...crossing("the router costs the Redis of the streams less from", ({ redis }) => redis),
    ...crossing("it costs everything less from", ({ all }) => all),
  ];
}

function chart(title: string, measured: readonly Measured[], value: Value): Chart {
  const name = ({ source }: FanoutStep) => nameOf[source];
  const series = groupedSeries(measured, name, ({ gateways }) => gateways, value);
  return lineChart(title, "gateways", "ms CPU", series);
}
