import type { MeasuredStep } from "./bench.ts";
import { type Bounds, costTable, figuresOf, lineChart, medianLine } from "./figures.ts";
import type { Usage } from "./meter.ts";
import type { Chart, CostTable, Figure, Measurements } from "./result.ts";
import { percentile } from "./statistics.ts";
import type { StreamRun, StreamStep } from "./stream-measure.ts";

type Measured = MeasuredStep<StreamStep, StreamRun>;

/** What is promised holds for the last step, the largest. */
export function streamFigures(measured: readonly Measured[]): Measurements {
  const largest = measured.slice(-1);
  return {
    figures: [
      ...measured.slice(0, -1).flatMap((step) => memoryAndLag(step)),
      ...largest.flatMap((step) => [...memoryAndLag(step, boundsOfLargest), ...storm(step)]),
    ],
    charts: [
      byClients(measured, "Memory of the process by clients", "MB", {
        open: ({ openMb }) => openMb,
        peak: ({ peakMb }) => peakMb,
      }),
      byClients(measured, "Lag of an event by clients", "ms", {
        "event to all p50": shared(50),
        "event to all p99": shared(99),
        "burst p50": burst(50),
        "burst p99": burst(99),
      }),
      recoveryChart(measured),
    ],
    costs: largest.flatMap(costTables),
  };
}

const boundsOfLargest = {
  memory: { must: { atMost: 300 }, aim: { atMost: 150 } },
  peak: { must: { atMost: 300 } },
  lag: { must: { atMost: 500 }, aim: { atMost: 250 } },
};

function memoryAndLag(
  { step, runs }: Measured,
  bounds: Readonly<Partial<Record<"memory" | "peak" | "lag", Bounds>>> = {},
): Figure[] {
  const at = `${step.clients} clients`;
  const figure = figuresOf(runs);
  const kbPerClient = ({ openMb, idleMb }: StreamRun) => ((openMb - idleMb) * 1_000) / step.clients;
  return [
    figure(`${at}: memory`, "MB", ({ openMb }) => openMb, bounds.memory),
    figure(`${at}: memory at its peak, in the storm`, "MB", ({ peakMb }) => peakMb, bounds.peak),
    figure(`${at}: memory a client`, "kB", kbPerClient),
    figure(`${at}: event to all p50`, "ms", shared(50)),
    figure(`${at}: event to all p99`, "ms", shared(99), bounds.lag),
    figure(`${at}: event to all, last client`, "ms", ({ sharedMs }) => Math.max(...sharedMs)),
    figure(`${at}: burst p50`, "ms", burst(50)),
    figure(`${at}: burst p95`, "ms", burst(95)),
    figure(`${at}: burst p99`, "ms", burst(99)),
  ];
}

function storm({ step, runs }: Measured): Figure[] {
  const at = `${step.clients} clients`;
  const figure = figuresOf(runs);
  const recoveredS = ({ recoveredMs }: StreamRun) => Math.max(...recoveredMs) / 1_000;
  const none = { must: { atMost: 0 } };
  return [
    figure(`${at}: storm recovered`, "s", recoveredS, { must: { atMost: 10 } }),
    figure(`${at}: Postgres statements in the storm`, "", (run) => run.postgresStatements, none),
    figure(`${at}: scans of scan.scans in the run`, "", (run) => run.postgresScans, none),
    figure(`${at}: events twice, missing or out of order`, "", ({ wrong }) => wrong, none),
    figure(`${at}: connections refused or lost`, "", ({ refused }) => refused),
  ];
}

const shared = (p: number) => (run: StreamRun) => percentile(run.sharedMs, p);
const burst = (p: number) => (run: StreamRun) => percentile(run.burstMs, p);

type Lines = Readonly<Record<string, (run: StreamRun) => number>>;

function byClients(measured: readonly Measured[], title: string, unit: string, lines: Lines) {
  const series = Object.entries(lines).map(([name, value]) =>
    medianLine(name, measured, ({ clients }) => clients, value),
  );
  return lineChart(title, { label: "clients" }, { label: unit }, series);
}

const curvePoints = 50;

/** Of each size's first run: over which time the clients had caught up. */
function recoveryChart(measured: readonly Measured[]): Chart {
  const series = measured.map(({ step, runs: [run] }) => {
    const points = Array.from({ length: curvePoints + 1 }, (_, i) => {
      const percent = (i / curvePoints) * 100;
      return { x: percentile(run?.recoveredMs ?? [], percent) / 1_000, y: percent };
    });
    return { name: `${step.clients} clients`, points };
  });
  const title = "Storm: all streams cut at once, each client back when `retry:` told it to";
  const [x, y] = [{ label: "s since the cut" }, { label: "% of clients caught up" }];
  return lineChart(title, x, y, series);
}

function costTables({ step: { clients }, runs }: Measured): CostTable[] {
  const table = (
    title: string,
    per: string,
    usage: (run: StreamRun) => readonly Usage[],
    units = clients,
  ) =>
    costTable(
      title,
      per,
      runs.map((run) => ({ usage: usage(run), units })),
    );
  const sharedCount = runs[0]?.sharedMs.length;
  return [
    table("One event to each client, all at once", "event", (run) => run.burstUsage),
    table("One event to all clients", "event", (run) => run.sharedUsage, sharedCount),
    table("The storm", "reconnect", (run) => run.stormUsage),
  ];
}
