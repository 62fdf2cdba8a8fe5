import * as v from "valibot";
import { commandOf } from "./arguments.ts";
import type { Bench, BenchContext } from "./bench.ts";
import { readLoad } from "./machine.ts";
import { Measurements, type Result } from "./result.ts";

export interface Ran {
  readonly results: readonly Result[];
  readonly failures: readonly { readonly name: string; readonly reason: string }[];
}

/** One after another; a benchmark that cannot run does not keep the others from running. */
export async function runBenches(
  benches: readonly Bench[],
  context: BenchContext,
  circumstances: Pick<Result, "machine" | "commit">,
  keep: (result: Result) => Promise<void>,
): Promise<Ran> {
  const results: Result[] = [];
  const failures: Ran["failures"][number][] = [];
  for (const bench of benches) {
    context.report(`${bench.name}: ${bench.measures}`);
    try {
      const result = { ...(await runBench(bench, context)), ...circumstances };
      results.push(result);
      // At once: the next one may take minutes, and may be interrupted.
      await keep(result);
      context.report(`${bench.name}: done after ${result.tookS.toFixed(0)} s`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      failures.push({ name: bench.name, reason });
      context.report(`${bench.name} COULD NOT RUN: ${reason}`);
    }
  }
  return { results, failures };
}

async function runBench(
  bench: Bench,
  context: BenchContext,
): Promise<Omit<Result, "machine" | "commit">> {
  const { name, measures } = bench;
  const { runs, quick } = context;
  const [loadBefore, takenAt, start] = [readLoad(), new Date().toISOString(), performance.now()];
  const report = (line: string) => context.report(`  ${name}: ${line}`);
  const measurements = v.parse(Measurements, await bench.run({ ...context, report }));
  const tookS = Math.round((performance.now() - start) / 100) / 10;
  const command = commandOf({ name, runs, quick });
  return { name, measures, command, takenAt, tookS, runs, quick, loadBefore, ...measurements };
}
