import type { ServiceUrls } from "../services/service.ts";
import type { ProcessGroup } from "./meter.ts";
import type { Measurements } from "./result.ts";

/** One benchmark: starts its own processes, measures several runs, ends what it started. */
export interface Bench {
  readonly name: string;
  /** One sentence: what is measured. */
  readonly measures: string;
  run(context: BenchContext): Promise<Measurements>;
}

export interface BenchContext {
  /** Servers of the benchmarks' own: whatever is in them may be wiped. */
  readonly urls: ServiceUrls;
  /** PostgreSQL, Redis and RabbitMQ as processes, for their CPU and memory. */
  readonly services: readonly ProcessGroup[];
  /** Runs of each measurement. */
  readonly runs: number;
  /** Small sizes, to see that everything works; the figures mean nothing. */
  readonly quick: boolean;
  /** Programs as they are deployed, under the limits of the manifests. */
  readonly confined?: boolean;
  /** Progress, one line at a time. */
  report(line: string): void;
}

/** The parts of a benchmark: the load is put on, measured, and comes to figures. */
interface BenchParts<Step, Run> {
  readonly name: string;
  readonly measures: string;
  /** Sizes that are measured one after another. */
  readonly steps: Readonly<Record<"full" | "quick", readonly Step[]>> & {
    readonly confined?: readonly Step[];
  };
  /** Measured once, however many runs are asked for: a run is long, and an average by itself. */
  readonly isOneRun?: boolean;
  /** Starts what the runs of a step share, ended with `scope`. The function returned measures once. */
  start(
    step: Step,
    context: BenchContext,
    scope: AsyncDisposableStack,
  ): Promise<() => Promise<Run>>;
  /** One line of progress. */
  summary(run: Run, step: Step): string;
  figures(measured: readonly MeasuredStep<Step, Run>[]): Measurements;
}

export interface MeasuredStep<Step, Run> {
  readonly step: Step;
  readonly runs: readonly Run[];
}

export function createBench<Step, Run>(parts: BenchParts<Step, Run>): Bench {
  const { name, measures, steps, isOneRun = false, start, summary, figures } = parts;
  const measure = async (step: Step, context: BenchContext) => {
    await using scope = new AsyncDisposableStack();
    const run = await start(step, context, scope);
    const runs: Run[] = [];
    const count = isOneRun ? 1 : context.runs;
    while (runs.length < count) {
      const one = await run();
      runs.push(one);
      context.report(`run ${runs.length} of ${count}: ${summary(one, step)}`);
    }
    return { step, runs };
  };
  return {
    name,
    measures,
    run: async (context) => {
      const measured: MeasuredStep<Step, Run>[] = [];
      const sized = steps[context.quick ? "quick" : "full"];
      for (const step of (context.confined && !context.quick && steps.confined) || sized) {
        measured.push(await measure(step, context));
      }
      return figures(measured);
    },
  };
}
