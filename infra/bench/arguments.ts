import {
  type CommandLine,
  checkNames,
  readWholeNumber,
  type Typed,
  UsageError,
} from "#lib/cli/command-line.ts";

const runsMax = 20;
const runsDefault = (quick: boolean) => (quick ? 1 : 3);

const options = {
  runs: { type: "string" },
  quick: { type: "boolean", default: false },
  confined: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  save: { type: "boolean", default: false },
} as const;

export const benchCommand = (known: readonly string[]): CommandLine<typeof options> => ({
  name: "bench",
  usage: `usage: bun run bench [${[...known, "all"].join("|")}]… [--runs N] [--quick] [--confined] [--json] [--save]
  --runs N   measurements of each, 1 to ${runsMax}; default ${runsDefault(false)}
  --quick    small sizes and one run: shows that everything works, its figures mean nothing
  --confined users alone, 500 of them: compiled programs as user 1000, a read-only root, and the manifests' limits
  --json     everything as one JSON document on standard output, instead of tables
  --save     also what infra/bench/README.md quotes: results, plots and its table`,
  options,
  argumentsMax: Number.POSITIVE_INFINITY,
});

export type Options = ReturnType<typeof readOptions>;

/**
 * Names in the order in which they exist, each once.
 *
 * @throws UsageError
 */
export function readOptions(
  { values, positionals }: Typed<typeof options>,
  known: readonly string[],
) {
  checkNames("benchmark", positionals, [...known, "all"]);
  const { runs: text, quick, confined, json, save } = values;
  if (quick && save) throw new UsageError("--quick gives figures that mean nothing: not to --save");
  if (confined && (save || positionals.join() !== "users"))
    throw new UsageError("--confined is of users alone, and not to --save");
  const isAll = positionals.length === 0 || positionals.includes("all");
  const names = known.filter((name) => isAll || positionals.includes(name));
  const range = { min: 1, max: runsMax };
  const runs = text === undefined ? runsDefault(quick) : readWholeNumber("--runs", text, range);
  return { names, runs, quick, confined, json, save };
}

/** What measures the same again. */
export function commandOf(
  name: string,
  { runs, quick, confined }: Pick<Options, "runs" | "quick"> & { readonly confined?: boolean },
): string {
  const count = runs === runsDefault(quick) ? [] : [`--runs ${runs}`];
  const flags = [...(quick ? ["--quick"] : []), ...(confined ? ["--confined"] : [])];
  return ["bun run bench", name, ...count, ...flags].join(" ");
}
