import type { TaskName } from "#lib/contract/task.ts";
import type { Bench, Chart, CostTable, Figure, Given, Outcome, Series } from "./bench.ts";
import { percentile } from "./statistics.ts";
import { type Drain, measureDrain } from "./storage-drain.ts";
import { type Latency, measureLatency } from "./storage-latency.ts";

/** Grants per run, the warm-up included; and per second where the time of one is measured. */
const grantsPerRun = { full: 25_000, quick: 250 };
const steady = { perS: 500, seconds: { full: 20, quick: 2 } };

const variants: readonly { name: string; queues: readonly TaskName[] }[] = [
  { name: "ownership", queues: ["character.save_ownership"] },
  {
    name: "ownership and collection",
    queues: ["character.save_ownership", "users.save_character"],
  },
];

/** Grants lie in the queue before the real worker starts; its first fifth of rows is the warm-up. */
export const storage: Bench = {
  name: "storage",
  measures:
    "Ownership grants from the queue into PostgreSQL: grants a second, and how long one takes",
  run: async (given) => {
    const drained = [];
    for (const variant of variants) drained.push({ variant, drains: await drain(given, variant) });
    const latencies = await holdSteady(given);
    return {
      figures: [
        ...drained.map(({ variant, drains }) => rate(variant.name, drains)),
        ...latencyFigures(latencies),
      ],
      charts: [rowsOverTime(drained), latencyChart(latencies)],
      costs: [
        ...drained.map(({ variant, drains }) => costs(`Draining: ${variant.name}`, drains)),
        costs(
          `At ${steady.perS} grants/s, the look at the table every 2 ms included`,
          latencies.map(({ usage, latenciesMs }) => ({ usage, grants: latenciesMs.length })),
        ),
      ],
    } satisfies Outcome;
  },
};

async function drain(given: Given, { name, queues }: (typeof variants)[number]): Promise<Drain[]> {
  const grants = given.quick ? grantsPerRun.quick : grantsPerRun.full;
  const drains = [];
  for (let run = 1; run <= given.runs; run++) {
    const one = await measureDrain(given, queues, grants);
    given.say(`${name}, run ${run}: ${Math.round(one.perS)} grants/s`);
    drains.push(one);
  }
  return drains;
}

async function holdSteady(given: Given): Promise<Latency[]> {
  const seconds = given.quick ? steady.seconds.quick : steady.seconds.full;
  const latencies = [];
  for (let run = 1; run <= given.runs; run++) {
    const one = await measureLatency(given, { perS: steady.perS, seconds });
    const p95 = percentile(one.latenciesMs, 95).toFixed(1);
    given.say(`${Math.round(one.perS)} grants/s, run ${run}: p95 ${p95} ms`);
    latencies.push(one);
  }
  return latencies;
}

function rate(name: string, drains: readonly Drain[]): Figure {
  const runs = drains.map(({ perS }) => perS);
  const figure = { label: `Drained: ${name}`, unit: "grants/s", runs };
  // The goal is one row a grant; with the collection it is two.
  if (name !== "ownership") return figure;
  return { ...figure, must: { atLeast: 5_000 }, aim: { atLeast: 20_000 } };
}

function latencyFigures(latencies: readonly Latency[]): Figure[] {
  return [50, 95, 99].map((p) => ({
    label: `Publish to row at ${steady.perS} grants/s, p${p}`,
    unit: "ms",
    runs: latencies.map(({ latenciesMs }) => percentile(latenciesMs, p)),
    ...(p === 95 && { must: { atMost: 250 } }),
  }));
}

function rowsOverTime(
  drained: readonly { variant: { name: string }; drains: readonly Drain[] }[],
): Chart {
  return {
    title: "Rows while draining",
    kind: "line",
    x: { label: "s" },
    y: { label: "rows" },
    series: drained.flatMap(({ variant, drains }) =>
      drains.slice(-1).map(
        ({ progress }): Series => ({
          name: variant.name,
          points: progress.map(({ atS, rows }) => ({ x: atS, y: rows })),
        }),
      ),
    ),
  };
}

function latencyChart(latencies: readonly Latency[]): Chart {
  const percentiles = [...Array.from({ length: 99 }, (_, i) => i + 1), 99.5, 99.9, 100];
  return {
    title: `Publish to row at ${steady.perS} grants/s`,
    kind: "line",
    x: { label: "percentile" },
    y: { label: "ms" },
    series: latencies.map(({ latenciesMs }, i) => ({
      name: `run ${i + 1}`,
      points: percentiles.map((p) => ({ x: p, y: percentile(latenciesMs, p) })),
    })),
  };
}

function costs(title: string, runs: readonly Pick<Drain, "usage" | "grants">[]): CostTable {
  const names = runs[0]?.usage.map(({ name }) => name) ?? [];
  const of = (name: string, value: (usage: Drain["usage"][number], grants: number) => number) =>
    runs.flatMap(({ usage, grants }) =>
      usage.filter((one) => one.name === name).map((one) => value(one, grants)),
    );
  return {
    title,
    per: "grant",
    rows: names.map((process) => ({
      process,
      cpuMs: of(process, ({ cpuMs }, grants) => cpuMs / grants),
      peakMb: of(process, ({ rssMb }) => rssMb),
    })),
  };
}
