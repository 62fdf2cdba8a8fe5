import { readFileSync } from "node:fs";
import { createBench, type MeasuredStep } from "./bench.ts";
import { atMost, type Bounds, costTable, figuresOf, lineChart, medianSeries } from "./figures.ts";
import type { Usage } from "./meter.ts";
import type { Chart, CostTable, Figure } from "./result.ts";
import { percentile } from "./statistics.ts";
import { measureStream, type StreamRun, type StreamStep } from "./stream-measure.ts";

/** What the requests leave behind is collected within some seconds; the peak counts it. */
const settleMs = 10_000;

/** What is promised holds for the last step, the largest. */
export const stream = createBench({
  name: "stream",
  measures: "What event streams cost one process, how late an event is, and a storm of reconnects",
  steps: {
    full: [1_000, 5_000, 10_000].map((clients) => ({ clients, settleMs })),
    quick: [{ clients: 50, settleMs: 200 }],
  },
  start: async (step, context) => {
    checkFileLimit(step.clients);
    return () => measureStream(step, context);
  },
  summary: ({ openMb, sharedMs, burstMs, recoveredMs }, { clients }) => {
    const p99 = (values: readonly number[]) => `${Math.round(percentile(values, 99))} ms`;
    return (
      `${clients} clients, ${openMb.toFixed(0)} MB, event to all p99 ${p99(sharedMs)}, ` +
      `burst p99 ${p99(burstMs)}, storm over after ${p99(recoveredMs)}`
    );
  },
  figures: (measured) => {
    const largest = measured.slice(-1);
    const clients = (step: StreamStep) => step.clients;
    const memory = medianSeries(measured, clients, {
      open: ({ openMb }) => openMb,
      peak: ({ peakMb }) => peakMb,
    });
    const lag = medianSeries(measured, clients, {
      "event to all p50": shared(50),
      "event to all p99": shared(99),
      "burst p50": burst(50),
      "burst p99": burst(99),
    });
    return {
      figures: [
        ...measured.slice(0, -1).flatMap((step) => memoryAndLag(step)),
        ...largest.flatMap((step) => [...memoryAndLag(step, boundsOfLargest), ...storm(step)]),
      ],
      charts: [
        lineChart("Memory of the process by clients", "clients", "MB", memory),
        lineChart("Lag of an event by clients", "clients", "ms", lag),
        recoveryChart(measured),
      ],
      costs: largest.flatMap(costTables),
    };
  },
});

type Measured = MeasuredStep<StreamStep, StreamRun>;

const boundsOfLargest: Readonly<Record<string, Bounds>> = {
  memory: atMost(300, 150),
  "memory at its peak, in the storm": atMost(300),
  "event to all p99": atMost(500, 250),
};

function memoryAndLag({ step, runs }: Measured, bounds = {}): Figure[] {
  const figure = figuresOf(runs, `${step.clients} clients: `, bounds);
  const kbPerClient = ({ openMb, idleMb }: StreamRun) => ((openMb - idleMb) * 1_000) / step.clients;
  return [
    figure("memory", "MB", ({ openMb }) => openMb),
    figure("memory at its peak, in the storm", "MB", ({ peakMb }) => peakMb),
    figure("memory a client", "kB", kbPerClient),
    figure("event to all p50", "ms", shared(50)),
    figure("event to all p99", "ms", shared(99)),
    figure("event to all, last client", "ms", ({ sharedMs }) => Math.max(...sharedMs)),
    figure("burst p50", "ms", burst(50)),
    figure("burst p95", "ms", burst(95)),
    figure("burst p99", "ms", burst(99)),
  ];
}

function storm({ step, runs }: Measured): Figure[] {
  const figure = figuresOf(runs, `${step.clients} clients: `);
  const recoveredS = ({ recoveredMs }: StreamRun) => Math.max(...recoveredMs) / 1_000;
  return [
    figure("storm recovered", "s", recoveredS, atMost(10)),
    figure("Postgres statements in the storm", "", (run) => run.postgresStatements, atMost(0)),
    figure("scans of scan.scans in the run", "", (run) => run.postgresScans, atMost(0)),
    figure("events twice, missing or out of order", "", ({ wrong }) => wrong, atMost(0)),
    figure("connections refused or lost", "", ({ refused }) => refused),
  ];
}

const shared = (p: number) => (run: StreamRun) => percentile(run.sharedMs, p);
const burst = (p: number) => (run: StreamRun) => percentile(run.burstMs, p);

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
  return lineChart(title, "s since the cut", "% of clients caught up", series);
}

function costTables({ step: { clients }, runs }: Measured): CostTable[] {
  const used = (usage: (run: StreamRun) => readonly Usage[], units = clients) =>
    runs.map((run) => ({ usage: usage(run), units }));
  const shared = used((run) => run.sharedUsage, runs[0]?.sharedMs.length);
  const burst = used((run) => run.burstUsage);
  const storm = used((run) => run.stormUsage);
  return [
    costTable("One event to each client, all at once", "event", burst),
    costTable("One event to all clients", "event", shared),
    costTable("The storm", "reconnect", storm),
  ];
}

/** Besides the sockets: files of the program, and the sockets of a storm that are still closing. */
const otherFilesMax = 1_000;

/** @throws Error when this machine does not let a process have so many connections. */
function checkFileLimit(connections: number): void {
  const limits = readFileSync("/proc/self/limits", "utf8");
  // Bun raises the soft limit to the hard one by itself.
  const hard = Number(/^Max open files\s+\d+\s+(\d+)/m.exec(limits)?.[1] ?? Number.NaN);
  if (hard < connections + otherFilesMax) {
    throw new Error(
      `${connections} streams need ${connections + otherFilesMax} open files a process, and the ` +
        `limit is ${hard}: raise it with \`ulimit -Hn\` as root`,
    );
  }
}
