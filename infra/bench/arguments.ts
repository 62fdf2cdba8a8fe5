import {
  type CommandLine,
  readWholeNumber,
  type Typed,
  UsageError,
} from "#lib/cli/command-line.ts";

export interface Options {
  /** In the order in which they exist, each once. */
  readonly names: readonly string[];
  readonly runs: number;
  readonly quick: boolean;
  readonly json: boolean;
  readonly save: boolean;
}

const runsDefault = 3;
const quickRunsDefault = 1;
const runsMax = 20;

const options = {
  runs: { type: "string" },
  quick: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  save: { type: "boolean", default: false },
} as const;

export const benchCommand = (known: readonly string[]): CommandLine<typeof options> => ({
  name: "bench",
  usage: `usage: bun run bench [${[...known, "all"].join("|")}]… [--runs N] [--quick] [--json] [--save]
  --runs N   measurements of each, 1 to ${runsMax}; default ${runsDefault}
  --quick    small sizes and one run: shows that everything works, its figures mean nothing
  --json     everything as one JSON document on standard output, instead of tables
  --save     also what infra/bench/README.md quotes: results, plots and its table`,
  options,
  argumentsMax: Number.POSITIVE_INFINITY,
});

/** What measures the same again. */
export function commandOf({
  name,
  runs,
  quick,
}: { name: string } & Pick<Options, "runs" | "quick">) {
  const isDefault = runs === (quick ? quickRunsDefault : runsDefault);
  const flags = [...(isDefault ? [] : [`--runs ${runs}`]), ...(quick ? ["--quick"] : [])];
  return ["bun run bench", name, ...flags].join(" ");
}

/** @throws UsageError */
export function readOptions(
  { values, positionals }: Typed<typeof options>,
  known: readonly string[],
): Options {
  const unknown = positionals.filter((name) => name !== "all" && !known.includes(name));
  if (unknown.length > 0) {
    const there = [...known, "all"].join(", ");
    throw new UsageError(`no benchmark ${unknown.join(", ")}; there are ${there}`);
  }
  const { quick, json, save } = values;
  if (quick && save) throw new UsageError("--quick gives figures that mean nothing: not to --save");
  const isAll = positionals.length === 0 || positionals.includes("all");
  const names = known.filter((name) => isAll || positionals.includes(name));
  return { names, runs: readRuns(values.runs, quick), quick, json, save };
}

function readRuns(text: string | undefined, quick: boolean): number {
  if (text === undefined) return quick ? quickRunsDefault : runsDefault;
  return readWholeNumber("--runs", text, { min: 1, max: runsMax });
}
