import type { Bench, Bound, Chart, Figure, Outcome } from "./bench.ts";
import { costTable } from "./cost-table.ts";
import { percentiles } from "./gatekeeper-load.ts";
import {
  type Checked,
  type GatekeeperRun,
  makeTokens,
  measureGatekeeper,
  type Sizes,
} from "./gatekeeper-run.ts";

const sizes = {
  full: { cold: 20_000, warmUp: 4_000, closed: 300_000, open: 100_000, revoked: 100_000 },
  quick: { cold: 100, warmUp: 50, closed: 400, open: 200, revoked: 1_000 },
} as const satisfies Record<string, Sizes>;

/** What a check costs one process, with tokens that it knows and with tokens that it has never seen. */
export const gatekeeper: Bench = {
  name: "gatekeeper",
  measures:
    "one gatekeeper process that a proxy asks about every request, over kept connections: checks a " +
    "second, how long one takes at a fixed rate, and what the first sight of a token costs",
  async run(given): Promise<Outcome> {
    const size = sizes[given.quick ? "quick" : "full"];
    given.say(`signing ${size.cold + size.warmUp} tokens`);
    const tokens = await makeTokens(size.cold + size.warmUp);
    const runs: GatekeeperRun[] = [];
    for (let run = 1; run <= given.runs; run++) {
      const one = await measureGatekeeper(given, tokens, size);
      const p99 = latency(99, one.steady).toFixed(2);
      given.say(
        `run ${run}: ${rate(one.warm).toFixed(0)} checks/s, p99 ${p99} ms at ${one.perS}/s ` +
          `(${latency(99, one.control).toFixed(2)} where nothing is done); ` +
          `${rate(one.cold).toFixed(0)}/s at first sight`,
      );
      runs.push(one);
    }
    return report(runs, size);
  },
};

function report(runs: readonly GatekeeperRun[], size: Sizes): Outcome {
  // Below 10,000 where a run could not do more: the lowest is the one that is kept by all.
  const at = `at ${Math.min(...runs.map(({ perS }) => perS)).toLocaleString("en")} checks/s`;
  const figure = (
    label: string,
    unit: string,
    of: (run: GatekeeperRun) => number,
    must?: Bound,
  ): Figure => ({ label, unit, runs: runs.map(of), ...(must && { must }) });
  const revoked = size.revoked.toLocaleString("en");
  return {
    figures: [
      figure("known tokens", "checks/s", ({ warm }) => rate(warm), { atLeast: 10_000 }),
      figure("known tokens: p99", "ms", ({ warm }) => latency(99, warm), { atMost: 5 }),
      figure("known tokens: CPU of a check", "µs", ({ warm }) => cpuUs(warm)),
      figure("first sight", "checks/s", ({ cold }) => rate(cold)),
      figure("first sight: CPU of a check", "µs", ({ cold }) => cpuUs(cold)),
      figure(`${at}: kept`, "checks/s", ({ steady }) => rate(steady)),
      figure(`${at}: p50`, "ms", ({ steady }) => latency(50, steady)),
      figure(`${at}: p99`, "ms", ({ steady }) => latency(99, steady)),
      figure(`${at}: p99 of a server that does nothing`, "ms", ({ control }) =>
        latency(99, control),
      ),
      // A shared machine takes its cores away for longer than this bound: both are hit alike.
      figure(
        `${at}: p99 beyond that`,
        "ms",
        ({ steady, control }) => latency(99, steady) - latency(99, control),
        { atMost: 5 },
      ),
      figure(
        "refused or lost",
        "",
        ({ cold, warm, steady }) =>
          [cold, warm, steady].reduce((sum, { refused }) => sum + refused, 0),
        { atMost: 0 },
      ),
      figure("memory, nothing revoked", "MB", ({ emptyMb }) => emptyMb),
      figure(`memory, ${revoked} revoked`, "MB", ({ loadedMb }) => loadedMb),
      figure("memory at its peak", "MB", ({ steady }) => usageOf(steady)?.rssMb ?? Number.NaN),
    ],
    charts: [rateChart(runs), latencyChart(runs, at)],
    costs: (["warm", "cold", "steady"] as const).map((part) =>
      costTable(
        { warm: "Known tokens", cold: "First sight", steady: `Known tokens ${at}` }[part],
        "check",
        runs.map((run) => run[part]),
        ({ checks }) => checks,
      ),
    ),
  };
}

function latency(percentile: number, { latenciesMs }: Checked): number {
  return latenciesMs[percentiles.indexOf(percentile)] ?? Number.NaN;
}

function rate({ checks, seconds }: Checked): number {
  return checks / seconds;
}

function usageOf({ usage }: Checked) {
  return usage.find(({ name }) => name === "gatekeeper");
}

function cpuUs(checked: Checked): number {
  return ((usageOf(checked)?.cpuMs ?? Number.NaN) * 1_000) / checked.checks;
}

function rateChart(runs: readonly GatekeeperRun[]): Chart {
  const series = (name: string, of: (run: GatekeeperRun) => Checked) => ({
    name,
    points: runs.map((run, i) => ({ x: `run ${i + 1}`, y: rate(of(run)) })),
  });
  return {
    title: "Checks a second",
    kind: "bar",
    x: { label: "run" },
    y: { label: "checks/s" },
    series: [series("known tokens", ({ warm }) => warm), series("first sight", ({ cold }) => cold)],
  };
}

function latencyChart(runs: readonly GatekeeperRun[], at: string): Chart {
  return {
    title: `Due to answered ${at}`,
    kind: "line",
    x: { label: "percentile" },
    y: { label: "ms" },
    series: runs.map(({ steady }, i) => ({
      name: `run ${i + 1}`,
      points: percentiles.map((p, n) => ({ x: p, y: steady.latenciesMs[n] ?? Number.NaN })),
    })),
  };
}
