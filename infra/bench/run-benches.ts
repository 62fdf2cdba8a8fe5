import { commandOf } from "./arguments.ts";
import type { Bench, Given } from "./bench.ts";
import { readLoad } from "./machine.ts";
import { measured } from "./measured.ts";
import type { Result } from "./result.ts";

export interface Ran {
  readonly results: readonly Result[];
  readonly failures: readonly { readonly name: string; readonly reason: string }[];
}

/** One after another; what one could not do does not keep the others from running. */
export async function runBenches(
  benches: readonly Bench[],
  given: Given,
  circumstances: Pick<Result, "machine" | "commit">,
  keep: (result: Result) => Promise<void>,
): Promise<Ran> {
  const results: Result[] = [];
  const failures: Ran["failures"][number][] = [];
  for (const bench of benches) {
    given.say(`${bench.name}: ${bench.measures}`);
    try {
      const result = { ...(await runBench(bench, given)), ...circumstances };
      results.push(result);
      // At once: the next one may take minutes, and may be interrupted.
      await keep(result);
      given.say(`${bench.name}: done after ${result.tookS.toFixed(0)} s`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      failures.push({ name: bench.name, reason });
      given.say(`${bench.name} COULD NOT RUN: ${reason}`);
    }
  }
  return { results, failures };
}

async function runBench(bench: Bench, given: Given): Promise<Omit<Result, "machine" | "commit">> {
  const { name, measures } = bench;
  const { runs, quick } = given;
  const [loadBefore, takenAt, start] = [readLoad(), new Date().toISOString(), performance.now()];
  const say = (line: string) => given.say(`  ${name}: ${line}`);
  const outcome = measured(await bench.run({ ...given, say }));
  const tookS = Math.round((performance.now() - start) / 100) / 10;
  const command = commandOf({ name, runs, quick });
  return { name, measures, command, takenAt, tookS, runs, quick, loadBefore, ...outcome };
}
