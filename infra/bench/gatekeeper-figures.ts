import type { MeasuredStep } from "./bench.ts";
import { barChart, costTable, figuresOf, latencyChart, runBars, usageOf } from "./figures.ts";
import {
  type Checks,
  type GatekeeperRun,
  latency,
  rate,
  type Sizes,
} from "./gatekeeper-measure.ts";
import type { Figure, Measurements } from "./result.ts";

export function gatekeeperFigures(
  measured: readonly MeasuredStep<Sizes, GatekeeperRun>[],
): Measurements {
  const runs = measured.flatMap((step) => step.runs);
  // Below 10,000 where a run could not do more: the lowest is the one that all of them kept.
  const at = `at ${Math.min(...runs.map(({ perS }) => perS)).toLocaleString("en")} checks/s`;
  const costs = (title: string, part: "warm" | "cold" | "steady") =>
    costTable(
      title,
      "check",
      runs.map((run) => run[part]),
    );
  return {
    figures: [...checkFigures(runs), ...steadyFigures(runs, at), ...memoryFigures(runs)],
    charts: [
      barChart("Checks a second", { label: "run" }, { label: "checks/s" }, [
        runBars("known tokens", runs, ({ warm }) => rate(warm)),
        runBars("first sight", runs, ({ cold }) => rate(cold)),
      ]),
      latencyChart(`Due to answered ${at}`, runs, ({ steady }, p) => latency(p, steady)),
    ],
    costs: [
      costs("Known tokens", "warm"),
      costs("First sight", "cold"),
      costs(`Known tokens ${at}`, "steady"),
    ],
  };
}

function checkFigures(runs: readonly GatekeeperRun[]): Figure[] {
  const figure = figuresOf(runs);
  return [
    figure("known tokens", "checks/s", ({ warm }) => rate(warm), { must: { atLeast: 10_000 } }),
    figure("known tokens: p99", "ms", ({ warm }) => latency(99, warm), { must: { atMost: 5 } }),
    figure("known tokens: CPU of a check", "µs", ({ warm }) => cpuUs(warm)),
    figure("first sight", "checks/s", ({ cold }) => rate(cold)),
    figure("first sight: CPU of a check", "µs", ({ cold }) => cpuUs(cold)),
  ];
}

function steadyFigures(runs: readonly GatekeeperRun[], at: string): Figure[] {
  const figure = figuresOf(runs);
  const idleP99 = ({ control }: GatekeeperRun) => latency(99, control);
  // A shared machine takes its cores away for longer than this bound: both are hit alike.
  const beyond = (run: GatekeeperRun) => latency(99, run.steady) - idleP99(run);
  const refused = ({ cold, warm, steady }: GatekeeperRun) =>
    cold.refused + warm.refused + steady.refused;
  return [
    figure(`${at}: kept`, "checks/s", ({ steady }) => rate(steady)),
    figure(`${at}: p50`, "ms", ({ steady }) => latency(50, steady)),
    figure(`${at}: p99`, "ms", ({ steady }) => latency(99, steady)),
    figure(`${at}: p99 of a server that does nothing`, "ms", idleP99),
    figure(`${at}: p99 beyond that`, "ms", beyond, { must: { atMost: 5 } }),
    figure("refused or lost", "", refused, { must: { atMost: 0 } }),
  ];
}

function memoryFigures(runs: readonly GatekeeperRun[]): Figure[] {
  const figure = figuresOf(runs);
  const revoked = runs[0]?.revoked.toLocaleString("en");
  return [
    figure("memory, nothing revoked", "MB", ({ emptyMb }) => emptyMb),
    figure(`memory, ${revoked} revoked`, "MB", ({ loadedMb }) => loadedMb),
    figure("memory at its peak", "MB", ({ steady }) => usageOf(steady.usage, "gatekeeper").rssMb),
  ];
}

function cpuUs({ usage, units }: Checks): number {
  return (usageOf(usage, "gatekeeper").cpuMs * 1_000) / units;
}
