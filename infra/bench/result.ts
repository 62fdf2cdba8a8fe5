import { existsSync, mkdirSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import type { Outcome } from "./bench.ts";

/** What is kept of one benchmark: enough to show it without having been there. */
export interface Result extends Outcome {
  /** The benchmark's; also part of file names. */
  readonly name: string;
  readonly measures: string;
  /** What measures it again. */
  readonly command: string;
  /** ISO 8601, in UTC. */
  readonly takenAt: string;
  readonly tookS: number;
  readonly runs: number;
  readonly quick: boolean;
  /** Short hash, with a plus where files differ from it; null without git. */
  readonly commit: string | null;
  readonly machine: Machine;
  /** Load averages of 1, 5 and 15 min just before: others may share the machine. */
  readonly loadBefore: readonly number[];
}

export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  /** 10⁹ bytes. */
  readonly memoryGb: number;
  readonly os: string;
  readonly kernel: string;
  readonly versions: Readonly<Record<"bun" | "postgres" | "redis" | "rabbitmq", string>>;
}

const Values = v.array(v.number());
const Bound = v.union([
  v.strictObject({ atLeast: v.number() }),
  v.strictObject({ atMost: v.number() }),
]);
const Figure = v.strictObject({
  label: v.string(),
  unit: v.string(),
  runs: Values,
  must: v.exactOptional(Bound),
  aim: v.exactOptional(Bound),
});
const Axis = v.strictObject({ label: v.string(), isLog: v.exactOptional(v.boolean()) });
const Point = v.strictObject({ x: v.union([v.number(), v.string()]), y: v.number() });
const Chart = v.strictObject({
  title: v.string(),
  x: Axis,
  y: Axis,
  kind: v.picklist(["line", "bar"]),
  series: v.array(v.strictObject({ name: v.string(), points: v.array(Point) })),
});
const ProcessCost = v.strictObject({ process: v.string(), cpuMs: Values, peakMb: Values });
const CostTable = v.strictObject({
  title: v.string(),
  per: v.string(),
  rows: v.array(ProcessCost),
});
const MachineSchema = v.strictObject({
  cores: v.number(),
  cpu: v.string(),
  memoryGb: v.number(),
  os: v.string(),
  kernel: v.string(),
  versions: v.strictObject({
    bun: v.string(),
    postgres: v.string(),
    redis: v.string(),
    rabbitmq: v.string(),
  }),
});

const ResultSchema: v.GenericSchema<unknown, Result> = v.strictObject({
  name: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]*$/)),
  measures: v.string(),
  command: v.string(),
  takenAt: v.pipe(v.string(), v.isoTimestamp()),
  tookS: v.number(),
  runs: v.number(),
  quick: v.boolean(),
  commit: v.nullable(v.string()),
  machine: MachineSchema,
  loadBefore: Values,
  figures: v.array(Figure),
  charts: v.array(Chart),
  costs: v.array(CostTable),
});

/** @throws when a file there holds something else */
export async function readResults(folder: string): Promise<Result[]> {
  const files = existsSync(folder) ? await readdir(folder) : [];
  const names = files.filter((name) => name.endsWith(".json")).sort();
  return await Promise.all(names.map((name) => readResult(join(folder, name))));
}

export async function writeResult(folder: string, result: Result): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${result.name}.json`);
  await Bun.write(path, `${JSON.stringify(v.parse(ResultSchema, result), null, 2)}\n`);
  return path;
}

async function readResult(path: string): Promise<Result> {
  const read = v.safeParse(ResultSchema, await Bun.file(path).json());
  if (read.success) return read.output;
  throw new Error(`${path} is no result: ${v.summarize(read.issues)}`);
}
