import type { CostTable } from "./bench.ts";
import type { Meter } from "./process-usage.ts";

interface Metered {
  readonly usage: ReturnType<Meter["read"]>;
}

/** CPU a unit and peak memory of every process, over the runs. */
export function costTable<Run extends Metered>(
  title: string,
  per: string,
  runs: readonly Run[],
  unitsOf: (run: Run) => number,
): CostTable {
  const names = [...new Set(runs.flatMap(({ usage }) => usage.map(({ name }) => name)))];
  const rows = names.map((process) => {
    const found = runs.flatMap((run) => {
      const one = run.usage.find(({ name }) => name === process);
      return one ? [{ ...one, units: unitsOf(run) }] : [];
    });
    return {
      process,
      cpuMs: found.map(({ cpuMs, units }) => cpuMs / units),
      peakMb: found.map(({ rssMb }) => rssMb),
    };
  });
  return { title, per, rows };
}
