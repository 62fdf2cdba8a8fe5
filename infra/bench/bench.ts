import type { ServiceUrls } from "../services/service.ts";
import type { ProcessGroup } from "./process-usage.ts";

/** One benchmark: brings up its own processes, measures several runs, ends what it started. */
export interface Bench {
  readonly name: string;
  /** One sentence: what is measured. */
  readonly measures: string;
  run(given: Given): Promise<Outcome>;
}

export interface Given {
  /** Servers of the benchmarks' own: whatever is in them may be wiped. */
  readonly urls: ServiceUrls;
  /** PostgreSQL, Redis and RabbitMQ as processes, for their CPU and memory. */
  readonly services: readonly ProcessGroup[];
  /** Runs of each measurement. */
  readonly runs: number;
  /** Small sizes, to see that everything works; its figures mean nothing. */
  readonly quick: boolean;
  /** Progress, one line at a time. */
  say(line: string): void;
}

export interface Outcome {
  readonly figures: readonly Figure[];
  readonly charts: readonly Chart[];
  /** What each process cost; one table a title. */
  readonly costs: readonly CostTable[];
}

/** One measured quantity over all runs. */
export interface Figure {
  readonly label: string;
  readonly unit: string;
  /** One value a run. */
  readonly runs: readonly number[];
  /** What it must reach, and what it aims at. */
  readonly must?: Bound;
  readonly aim?: Bound;
}

export type Bound = { readonly atLeast: number } | { readonly atMost: number };

export interface Chart {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly kind: "line" | "bar";
  readonly series: readonly Series[];
}
export interface Axis {
  readonly label: string;
  readonly isLog?: boolean;
}
export interface Series {
  readonly name: string;
  /** Rising by x; a bar chart's x may be a name. */
  readonly points: readonly { readonly x: number | string; readonly y: number }[];
}

export interface CostTable {
  readonly title: string;
  /** What the CPU time is divided by: "job", "event", "grant". */
  readonly per: string;
  readonly rows: readonly ProcessCost[];
}
export interface ProcessCost {
  readonly process: string;
  /** CPU milliseconds per unit, one value a run. */
  readonly cpuMs: readonly number[];
  /** Peak resident memory in MB (10⁶ bytes), one value a run. */
  readonly peakMb: readonly number[];
}
