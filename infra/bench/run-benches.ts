import { loadavg } from "node:os";
import * as v from "valibot";
import { commandOf } from "./arguments.ts";
import type { Bench, BenchContext } from "./bench.ts";
import { Measurements, type Result } from "./result.ts";

/** One after another; a benchmark that cannot run does not keep the others from running. */
export async function runBenches(
  benches: readonly Bench[],
  context: BenchContext,
  circumstances: Pick<Result, "machine" | "commit">,
  keep: (result: Result) => Promise<void>,
) {
  const results: Result[] = [];
  const failures: { name: string; reason: string }[] = [];
  for (const { name, measures, run } of benches) {
    context.report(`${name}: ${measures}`);
    const { runs, quick } = context;
    const report = (line: string) => context.report(`  ${name}: ${line}`);
    const [takenAt, loadBefore, start] = [new Date().toISOString(), loadavg(), performance.now()];
    try {
      const measured = v.parse(Measurements, await run({ ...context, report }));
      const tookS = Math.round((performance.now() - start) / 100) / 10;
      const about = { name, measures, command: commandOf(name, context), takenAt, tookS };
      const result = { ...about, runs, quick, loadBefore, ...measured, ...circumstances };
      results.push(result);
      // At once: the next one may take minutes, and may be interrupted.
      await keep(result);
      context.report(`${name}: done after ${tookS.toFixed(0)} s`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      failures.push({ name, reason });
      context.report(`${name} COULD NOT RUN: ${reason}`);
    }
  }
  return { results, failures };
}
