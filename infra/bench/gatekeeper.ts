import { latencyOf } from "./apply-load.ts";
import { createBench } from "./bench.ts";
import {
  atLeast,
  atMost,
  barChart,
  costTable,
  figuresOf,
  latencyChart,
  runBars,
  usageOf,
} from "./figures.ts";
import {
  type Checks,
  type GatekeeperRun,
  makeTokens,
  measureGatekeeper,
} from "./gatekeeper-measure.ts";
import type { Figure, Measurements } from "./result.ts";

/** What the load of everything leaves behind is collected by then. */
const settleMs = 3_000;

/** What a check costs one process, with tokens that it knows and with tokens that it has never seen. */
export const gatekeeper = createBench({
  name: "gatekeeper",
  measures:
    "one gatekeeper process that a proxy asks about every request, over kept connections: checks a " +
    "second, how long one takes at a fixed rate, and what the first sight of a token costs",
  steps: {
    full: [
      { cold: 20_000, warmUp: 4_000, closed: 300_000, open: 100_000, revoked: 100_000, settleMs },
    ],
    quick: [{ cold: 100, warmUp: 50, closed: 400, open: 200, revoked: 1_000, settleMs: 100 }],
  },
  start: async (sizes, context) => {
    const count = sizes.cold + sizes.warmUp;
    context.report(`signing ${count} tokens`);
    const tokens = await makeTokens(count);
    return () => measureGatekeeper(sizes, tokens, context);
  },
  summary: ({ warm, steady, control, cold, perS }) =>
    `${rate(warm).toFixed(0)} checks/s, p99 ${latencyOf(steady, 99).toFixed(2)} ms at ${perS}/s ` +
    `(${latencyOf(control, 99).toFixed(2)} where nothing is done); ` +
    `${rate(cold).toFixed(0)}/s at first sight`,
  figures: (measured) => gatekeeperFigures(measured.flatMap(({ runs }) => runs)),
});

function gatekeeperFigures(runs: readonly GatekeeperRun[]): Measurements {
  // Below 10,000 where a run could not do more: the lowest is the one that all of them kept.
  const at = `at ${Math.min(...runs.map(({ perS }) => perS)).toLocaleString("en")} checks/s`;
  const parts = (part: "warm" | "cold" | "steady") => runs.map((run) => run[part]);
  return {
    figures: [...checkFigures(runs, at), ...memoryFigures(runs)],
    charts: [
      barChart("Checks a second", "run", "checks/s", [
        runBars("known tokens", runs, ({ warm }) => rate(warm)),
        runBars("first sight", runs, ({ cold }) => rate(cold)),
      ]),
      latencyChart(`Due to answered ${at}`, runs, ({ steady }, p) => latencyOf(steady, p)),
    ],
    costs: [
      costTable("Known tokens", "check", parts("warm")),
      costTable("First sight", "check", parts("cold")),
      costTable(`Known tokens ${at}`, "check", parts("steady")),
    ],
  };
}

function checkFigures(runs: readonly GatekeeperRun[], at: string): Figure[] {
  const figure = figuresOf(runs);
  const idleP99 = ({ control }: GatekeeperRun) => latencyOf(control, 99);
  // A shared machine takes its cores away for longer than this bound: both are hit alike.
  const beyond = (run: GatekeeperRun) => latencyOf(run.steady, 99) - idleP99(run);
  const refused = ({ cold, warm, steady }: GatekeeperRun) =>
    cold.refused + warm.refused + steady.refused;
  return [
    figure("known tokens", "checks/s", ({ warm }) => rate(warm), atLeast(10_000)),
    figure("known tokens: p99", "ms", ({ warm }) => latencyOf(warm, 99), atMost(5)),
    figure("known tokens: CPU of a check", "µs", ({ warm }) => cpuUs(warm)),
    figure("first sight", "checks/s", ({ cold }) => rate(cold)),
    figure("first sight: CPU of a check", "µs", ({ cold }) => cpuUs(cold)),
    figure(`${at}: kept`, "checks/s", ({ steady }) => rate(steady)),
    figure(`${at}: p50`, "ms", ({ steady }) => latencyOf(steady, 50)),
    figure(`${at}: p99`, "ms", ({ steady }) => latencyOf(steady, 99)),
    figure(`${at}: p99 of a server that does nothing`, "ms", idleP99),
    figure(`${at}: p99 beyond that`, "ms", beyond, atMost(5)),
    figure("refused or lost", "", refused, atMost(0)),
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

function rate({ units, seconds }: Checks): number {
  return units / seconds;
}
