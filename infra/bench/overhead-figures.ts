import type { MeasuredStep } from "./bench.ts";
import { barChart, costTable, figuresOf, runBars, usageOf } from "./figures.ts";
import type { Backlog, Drain } from "./overhead-measure.ts";
import type { Measurements } from "./result.ts";

export function overheadFigures(measured: readonly MeasuredStep<Backlog, Drain>[]): Measurements {
  const drains = measured.flatMap(({ runs }) => runs);
  const figure = figuresOf(drains);
  const rate = ({ units, seconds }: Drain) => units / seconds;
  const cpuMs = ({ usage, units }: Drain) => usageOf(usage, "worker").cpuMs / units;
  return {
    figures: [
      figure("scans drained by one worker process", "jobs/s", rate, {
        must: { atLeast: 900 },
        aim: { atLeast: 1_500 },
      }),
      figure("CPU of the worker a job", "ms", cpuMs, {
        must: { atMost: 1 },
        aim: { atMost: 0.6 },
      }),
    ],
    charts: [
      barChart("Scans drained", { label: "run" }, { label: "jobs/s" }, [
        runBars("jobs/s", drains, rate),
      ]),
    ],
    costs: [costTable("CPU and memory while draining", "job", drains)],
  };
}
