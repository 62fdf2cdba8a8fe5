import * as v from "valibot";

/** One value a run. NaN and infinity stand for what was not measured, and are left out. */
const Values = v.pipe(
  v.array(v.union([v.number(), v.nan()])),
  v.filterItems((value) => Number.isFinite(value)),
);

const Bound = v.union([
  v.strictObject({ atLeast: v.number() }),
  v.strictObject({ atMost: v.number() }),
]);
export type Bound = v.InferOutput<typeof Bound>;

/** One measured quantity, with what its median must reach and what it aims at. */
const Figure = v.strictObject({
  label: v.string(),
  unit: v.string(),
  runs: Values,
  must: v.exactOptional(Bound),
  aim: v.exactOptional(Bound),
});
export type Figure = v.InferOutput<typeof Figure>;

const Axis = v.strictObject({ label: v.string(), isLog: v.exactOptional(v.boolean()) });
/** Points in the order of their x, which may be a name in a chart of bars. */
const Series = v.strictObject({
  name: v.string(),
  points: v.pipe(
    v.array(
      v.strictObject({
        x: v.union([v.number(), v.nan(), v.string()]),
        y: v.union([v.number(), v.nan()]),
      }),
    ),
    v.filterItems(({ x, y }) => !Number.isNaN(x) && Number.isFinite(y)),
  ),
});
export type Series = v.InferOutput<typeof Series>;
const Chart = v.strictObject({
  title: v.string(),
  x: Axis,
  y: Axis,
  kind: v.picklist(["line", "bar"]),
  series: v.array(Series),
});
export type Chart = v.InferOutput<typeof Chart>;

/** What each process used, one value a run: CPU ms for each `per`, and peak resident MB (10⁶ bytes). */
const CostTable = v.strictObject({
  title: v.string(),
  /** "job", "event", "grant" */
  per: v.string(),
  rows: v.array(v.strictObject({ process: v.string(), cpuMs: Values, peakMb: Values })),
});
export type CostTable = v.InferOutput<typeof CostTable>;

/** What the runs of a benchmark come to. */
export const Measurements = v.strictObject({
  figures: v.array(Figure),
  charts: v.array(Chart),
  costs: v.array(CostTable),
});
export type Measurements = v.InferOutput<typeof Measurements>;

const Machine = v.strictObject({
  cores: v.number(),
  cpu: v.string(),
  /** 10⁹ bytes. */
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
export type Machine = v.InferOutput<typeof Machine>;

/** A benchmark's measurements and how they came about: all that a reader or a program needs. */
export const Result = v.strictObject({
  /** The benchmark's; also part of file names. */
  name: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]*$/)),
  measures: v.string(),
  /** What measures it again. */
  command: v.string(),
  takenAt: v.pipe(v.string(), v.isoTimestamp()),
  tookS: v.number(),
  runs: v.number(),
  quick: v.boolean(),
  /** Short hash, with a plus where files differ from it; null without git. */
  commit: v.nullable(v.string()),
  machine: Machine,
  /** Load averages of 1, 5 and 15 min just before: others may share the machine. */
  loadBefore: Values,
  ...Measurements.entries,
});
export type Result = v.InferOutput<typeof Result>;
