/** One instruction, continued lines joined: `COPY`, `lib lib`. */
export interface Instruction {
  readonly keyword: string;
  readonly rest: string;
}

/** One `FROM` and what follows it. */
export interface Stage {
  readonly base: string;
  readonly name: string | undefined;
  readonly instructions: readonly Instruction[];
}

/** The stages of a Dockerfile, the last of which becomes the image. */
export function parseDockerfile(text: string): Stage[] {
  const lines = text
    .replace(/^\s*#.*\n/gm, "")
    .replace(/\\\n/g, " ")
    .split("\n")
    .filter((line) => line.trim() !== "");
  const stages: { base: string; name: string | undefined; instructions: Instruction[] }[] = [];
  for (const line of lines) {
    const [, keyword = "", rest = ""] = /^\s*(\w+)\s+(.*)$/.exec(line) ?? [];
    const [base = "", , name] = rest.split(/\s+/);
    if (keyword === "FROM") stages.push({ base, name, instructions: [] });
    else stages.at(-1)?.instructions.push({ keyword, rest });
  }
  return stages;
}

/** Sources and target of every `COPY` from the build context, in order. */
export function contextCopies({ instructions }: Stage): { sources: string[]; target: string }[] {
  return instructions
    .filter(({ keyword, rest }) => keyword === "COPY" && !rest.startsWith("--from="))
    .map(({ rest }) => {
      const words = rest.split(/\s+/);
      return { sources: words.slice(0, -1), target: words.at(-1) ?? "" };
    });
}

/**
 * Whether `.dockerignore` keeps a path out of the build context. The last rule that matches the path or
 * a folder above it decides.
 */
export function createIgnore(text: string): (path: string) => boolean {
  const rules = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => ({
      isIgnored: !line.startsWith("!"),
      glob: new Bun.Glob(line.replace("!", "")),
    }));
  return function isIgnored(path) {
    const parts = path.split("/");
    const prefixes = parts.map((_, at) => parts.slice(0, at + 1).join("/"));
    const rule = rules.findLast(({ glob }) => prefixes.some((prefix) => glob.match(prefix)));
    return rule?.isIgnored ?? false;
  };
}

/** Every file of the project that `entry` needs at run time, itself included; type imports aside. */
export async function reachedFiles(root: string, entry: string): Promise<Set<string>> {
  const reached = new Set<string>();
  const waiting = [entry];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    if (!path.endsWith(".ts")) continue;
    const imports = transpiler.scanImports(await Bun.file(`${root}/${path}`).text());
    for (const { path: specifier } of imports) {
      if (specifier.startsWith("#lib/")) waiting.push(specifier.replace("#", ""));
      if (!specifier.startsWith(".")) continue;
      waiting.push(new URL(specifier, `file:///${path}`).pathname.slice(1));
    }
  }
  return reached;
}

const transpiler = new Bun.Transpiler({ loader: "ts" });
