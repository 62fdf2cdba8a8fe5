import type { Bench, Bound, Chart, CostTable, Figure, Given, Outcome } from "./bench.ts";
import { measureStream, type StreamRun } from "./measure-stream.ts";
import { percentile } from "./statistics.ts";
import { checkFileLimit } from "./stream-client-process.ts";

const sizes = [1_000, 5_000, 10_000];
const quickSizes = [50, 100];

export const stream: Bench = {
  name: "stream",
  measures: "What event streams cost one process, how late an event is, and a storm of reconnects",
  run: async (given) => {
    const all = given.quick ? quickSizes : sizes;
    checkFileLimit(Math.max(...all));
    const runs: StreamRun[] = [];
    for (let run = 1; run <= given.runs; run++) {
      for (const size of all) runs.push(await measureOnce(given, size, run));
    }
    return report(all.map((size) => runs.filter(({ clients }) => clients === size)));
  },
};

async function measureOnce(given: Given, size: number, run: number): Promise<StreamRun> {
  const one = await measureStream(given, size);
  const ms = (values: readonly number[]) => `${Math.round(percentile(values, 99))} ms`;
  given.say(
    `run ${run}, ${size} clients: ${one.openMb.toFixed(0)} MB, event to all p99 ${ms(one.sharedMs)}, ` +
      `burst p99 ${ms(one.burstMs)}, storm over after ${ms(one.recoveredMs)}`,
  );
  return one;
}

/** @param bySize runs of one size in each; the last size is the one that is promised. */
function report(bySize: readonly (readonly StreamRun[])[]): Outcome {
  const largest = bySize.at(-1) ?? [];
  return {
    figures: [
      ...bySize.slice(0, -1).flatMap((runs) => memoryAndLag(runs)),
      ...memoryAndLag(largest, {
        memory: [300, 150],
        lag: [500, 250],
      }),
      ...storm(largest),
    ],
    charts: [memoryChart(bySize), lagChart(bySize), recoveryChart(bySize)],
    costs: [
      costs(
        "One event to each client, all at once",
        "event",
        largest,
        ({ burstUsage, clients }) => [burstUsage, clients],
      ),
      costs("One event to all clients", "event", largest, ({ sharedUsage, sharedMs }) => [
        sharedUsage,
        sharedMs.length,
      ]),
      costs("The storm", "reconnect", largest, ({ stormUsage, clients }) => [stormUsage, clients]),
    ],
  };
}

type Limits = Readonly<Record<"memory" | "lag", readonly [mustMax: number, aimMax: number]>>;

function memoryAndLag(runs: readonly StreamRun[], limits?: Limits): Figure[] {
  const at = `${runs[0]?.clients} clients`;
  const figure = figureOf(runs);
  return [
    figure(`${at}: memory`, "MB", ({ openMb }) => openMb, limits?.memory),
    figure(`${at}: memory at its peak, in the storm`, "MB", ({ peakMb }) => peakMb, [
      ...(limits?.memory.slice(0, 1) ?? []),
    ]),
    figure(`${at}: memory a client`, "kB", kbPerClient),
    figure(`${at}: event to all p50`, "ms", ({ sharedMs }) => percentile(sharedMs, 50)),
    figure(
      `${at}: event to all p99`,
      "ms",
      ({ sharedMs }) => percentile(sharedMs, 99),
      limits?.lag,
    ),
    figure(`${at}: event to all, last client`, "ms", ({ sharedMs }) => Math.max(...sharedMs)),
    figure(`${at}: burst p50`, "ms", ({ burstMs }) => percentile(burstMs, 50)),
    figure(`${at}: burst p95`, "ms", ({ burstMs }) => percentile(burstMs, 95)),
    figure(`${at}: burst p99`, "ms", ({ burstMs }) => percentile(burstMs, 99)),
  ];
}

function storm(runs: readonly StreamRun[]): Figure[] {
  const at = `${runs[0]?.clients} clients`;
  const figure = figureOf(runs);
  const recoveredS = ({ recoveredMs }: StreamRun) => Math.max(...recoveredMs) / 1_000;
  return [
    figure(`${at}: storm recovered`, "s", recoveredS, [10]),
    figure(`${at}: Postgres statements in the storm`, "", (run) => run.postgresStatements, [0]),
    figure(`${at}: scans of scan.scans in the run`, "", (run) => run.postgresScans, [0]),
    figure(`${at}: events twice, missing or out of order`, "", ({ wrong }) => wrong, [0]),
    figure(`${at}: connections refused or lost`, "", ({ refused }) => refused),
  ];
}

function figureOf(runs: readonly StreamRun[]) {
  return (
    label: string,
    unit: string,
    value: (run: StreamRun) => number,
    [must, aim]: readonly number[] = [],
  ): Figure => ({
    ...{ label, unit, runs: runs.map(value) },
    ...(must === undefined ? {} : { must: atMost(must) }),
    ...(aim === undefined ? {} : { aim: atMost(aim) }),
  });
}

const atMost = (bound: number): Bound => ({ atMost: bound });

function kbPerClient({ openMb, idleMb, clients }: StreamRun): number {
  return ((openMb - idleMb) * 1_000) / clients;
}

function memoryChart(bySize: readonly (readonly StreamRun[])[]): Chart {
  const series = (name: string, of: (run: StreamRun) => number) => lineOf(name, bySize, of);
  return {
    title: "Memory of the process by clients",
    x: { label: "clients" },
    y: { label: "MB" },
    kind: "line",
    series: [series("open", ({ openMb }) => openMb), series("peak", ({ peakMb }) => peakMb)],
  };
}

function lagChart(bySize: readonly (readonly StreamRun[])[]): Chart {
  const at = (of: (run: StreamRun) => readonly number[], p: number) => (run: StreamRun) =>
    percentile(of(run), p);
  const shared = ({ sharedMs }: StreamRun) => sharedMs;
  const burst = ({ burstMs }: StreamRun) => burstMs;
  return {
    title: "Lag of an event by clients",
    x: { label: "clients" },
    y: { label: "ms" },
    kind: "line",
    series: [
      lineOf("event to all p50", bySize, at(shared, 50)),
      lineOf("event to all p99", bySize, at(shared, 99)),
      lineOf("burst p50", bySize, at(burst, 50)),
      lineOf("burst p99", bySize, at(burst, 99)),
    ],
  };
}

function lineOf(
  name: string,
  bySize: readonly (readonly StreamRun[])[],
  of: (run: StreamRun) => number,
) {
  const points = bySize.map((runs) => ({
    x: runs[0]?.clients ?? 0,
    y: percentile(runs.map(of), 50),
  }));
  return { name, points };
}

const curvePoints = 50;

/** Of each size's first run: over which time the clients had caught up. */
function recoveryChart(bySize: readonly (readonly StreamRun[])[]): Chart {
  const series = bySize.map(([run]) => {
    const times = (run?.recoveredMs ?? []).toSorted((a, b) => a - b);
    const points = Array.from({ length: curvePoints + 1 }, (_, i) => ({
      x: percentile(times, (i / curvePoints) * 100) / 1_000,
      y: (i / curvePoints) * 100,
    }));
    return { name: `${run?.clients} clients`, points };
  });
  return {
    title: "Storm: all streams cut at once, each client back when `retry:` told it to",
    x: { label: "s since the cut" },
    y: { label: "% of clients caught up" },
    kind: "line",
    series,
  };
}

function costs(
  title: string,
  per: string,
  runs: readonly StreamRun[],
  of: (run: StreamRun) => [usage: StreamRun["burstUsage"], count: number],
): CostTable {
  const all = runs.map(of);
  const names = all[0]?.[0].map(({ name }) => name) ?? [];
  const rows = names.map((process, i) => ({
    process,
    cpuMs: all.map(([usage, count]) => (usage[i]?.cpuMs ?? Number.NaN) / count),
    peakMb: all.map(([usage]) => usage[i]?.rssMb ?? Number.NaN),
  }));
  return { title, per, rows };
}
