import { type ParseArgsConfig, parseArgs } from "node:util";

/** Declared options, by name. */
export type Options = NonNullable<ParseArgsConfig["options"]>;

/** What a command or a process takes on its command line. */
export interface CommandLine<O extends Options> {
  /** The first word of each of its messages on standard error. */
  readonly name: string;
  /** The whole text of `--help`. */
  readonly usage: string;
  /** As `parseArgs` of `node:util` takes them; `--help`, `-h` and `--version` are always there. */
  readonly options: O;
  /** Arguments besides options, at most; default none. */
  readonly argumentsMax?: number;
}

/** Options by name, and the arguments besides them in order. */
export type Typed<O extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; allowPositionals: true; options: O }>
>;

/** The command line makes no sense: the message says why in one line, and the exit code is 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** @throws UsageError for an unknown option, a missing value, or an argument too many. */
export function parseCommandLine<const O extends Options>(
  { options, argumentsMax = 0 }: CommandLine<O>,
  args: readonly string[],
): Typed<O> | "help" | "version" {
  const known: Options = { ...options, ...always };
  const { values, positionals } = parse(known, args);
  if (values.help === true) return "help";
  if (values.version === true) return "version";
  const extra = positionals[argumentsMax];
  if (extra !== undefined) throw new UsageError(`unexpected argument '${extra}'; see --help`);
  return parse(options, args);
}

/** @throws UsageError unless the value of an option is a whole number from `min` to `max`. */
export function readWholeNumber(
  option: string,
  text: string,
  { min = 0, max = Number.MAX_SAFE_INTEGER } = {},
): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  throw new UsageError(`${option} ${text}: a whole number ${range}`);
}

/** @throws UsageError that says which there are, unless all names are known. */
export function checkNames(kind: string, names: readonly string[], known: readonly string[]): void {
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new UsageError(`no ${kind} ${unknown.join(", ")}; there are ${known.join(", ")}`);
}

const always = {
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" },
} as const satisfies Options;

function parse<const O extends Options>(options: O, args: readonly string[]): Typed<O> {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    // Several lines of advice on how to escape a dash; the first sentence says what is wrong.
    const [reason] = String(error instanceof Error ? error.message : error).split(/\. |\.?\n/);
    throw new UsageError(`${reason}; see --help`);
  }
}
