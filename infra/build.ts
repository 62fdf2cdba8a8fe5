import { cp, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UsageError } from "#lib/cli/command-line.ts";
import { runCommand } from "#lib/cli/run-command.ts";

const command = {
  name: "build",
  usage: `usage: bun run build [worker|operator] [--outfile FILE]
  Compiles dist/eco2-worker and dist/eco2-operator, or one of them: a file that carries all it needs.
  --outfile FILE   where the one goes; without its name the worker`,
  options: { outfile: { type: "string" } },
  argumentsMax: 1,
} as const;

const PROGRAMS = {
  worker: {
    // Entries of their own run in a thread.
    entrypoints: [
      "services/worker/main.ts",
      "services/worker/adapters/local-detector-worker.ts",
      "lib/image/heif-thread.ts",
    ],
    root: ".",
  },
  operator: {
    entrypoints: ["services/operator/main.ts"],
    // The migrations are read as a folder, so the embedded files keep their paths.
    root: ".",
    naming: { asset: "[dir]/[name].[ext]" },
  },
} as const satisfies Record<string, Partial<Bun.BuildConfig>>;
type ProgramName = keyof typeof PROGRAMS;

await runCommand(command, async ({ values: { outfile }, positionals: [name] }) => {
  if (name !== undefined && !isProgram(name)) {
    throw new UsageError(`no program '${name}'; there are ${Object.keys(PROGRAMS).join(", ")}`);
  }
  if (name !== undefined || outfile !== undefined) return build(name ?? "worker", outfile);
  return (await build("worker")) || (await build("operator"));
});

function isProgram(name: string): name is ProgramName {
  return Object.hasOwn(PROGRAMS, name);
}

/** @returns the exit code */
async function build(name: ProgramName, outfile = `dist/eco2-${name}`): Promise<number> {
  const built = await Bun.build({
    ...PROGRAMS[name],
    compile: { outfile },
    target: "bun",
    minify: { whitespace: true, syntax: true },
    sourcemap: "linked",
    throw: false,
  });
  for (const log of built.logs) console.error(String(log));
  if (!built.success) return 1;
  if (name === "worker") await copyLibheif(dirname(outfile));
  const { size } = await stat(outfile);
  console.log(`${outfile}: ${(size / 1024 / 1024).toFixed(0)} MB`);
  return 0;
}

/** With its licence; `lib/image/heif-thread.ts` says why it is no part of the program. */
async function copyLibheif(folder: string): Promise<void> {
  const files = ["LICENSE", "package.json", "wasm-bundle.js", "libheif-wasm/libheif-bundle.js"];
  for (const file of files) {
    await cp(join("node_modules/libheif-js", file), join(folder, "libheif-js", file));
  }
}
