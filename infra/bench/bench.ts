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
  /** Progress, one line at a time. */
  report(line: string): void;
}

/** The parts of a benchmark, each in a file `<name>-<part>.ts`: load → measure → figures. */
interface BenchParts<Step, Run> {
  readonly name: string;
  readonly measures: string;
  /** Sizes that are measured one after another. */
  readonly steps: Readonly<Record<"full" | "quick", readonly Step[]>>;
  /** Starts what the runs of a step share; `run` puts the load on and measures once. */
  start(step: Step, context: BenchContext): Promise<StartedStep<Run>>;
  /** One line of progress. */
  summary(run: Run, step: Step): string;
  figures(measured: readonly MeasuredStep<Step, Run>[]): Measurements;
}

export interface StartedStep<Run> {
  run(): Promise<Run>;
  stop?(): Promise<void>;
}

export interface MeasuredStep<Step, Run> {
  readonly step: Step;
  readonly runs: readonly Run[];
}

export function createBench<Step, Run>(parts: BenchParts<Step, Run>): Bench {
  const { name, measures, steps, figures } = parts;
  return {
    name,
    measures,
    run: async (context) => {
      const measured: MeasuredStep<Step, Run>[] = [];
      for (const step of steps[context.quick ? "quick" : "full"]) {
        measured.push({ step, runs: await measureStep(parts, step, context) });
      }
      return figures(measured);
    },
  };
}

async function measureStep<Step, Run>(
  { start, summary }: BenchParts<Step, Run>,
  step: Step,
  context: BenchContext,
): Promise<Run[]> {
  const started = await start(step, context);
  try {
    const runs: Run[] = [];
    while (runs.length < context.runs) {
      const run = await started.run();
      runs.push(run);
      context.report(`run ${runs.length} of ${context.runs}: ${summary(run, step)}`);
    }
    return runs;
  } finally {
    await started.stop?.();
  }
}
