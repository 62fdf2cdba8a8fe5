import { stat } from "node:fs/promises";
import { runCommand } from "#lib/cli/run-command.ts";

const command = {
  name: "build",
  usage: `usage: bun run build [--outfile FILE]
  Compiles the worker into one file that carries everything it needs; default dist/eco2-worker.`,
  options: { outfile: { type: "string", default: "dist/eco2-worker" } },
} as const;
/** The detector is an entry of its own because it runs in a thread. */
const entrypoints = [
  "services/worker/main.ts",
  "services/worker/adapters/local-detector-worker.ts",
];

await runCommand(command, async ({ values: { outfile } }) => {
  const built = await Bun.build({
    entrypoints,
    compile: { outfile },
    target: "bun",
    minify: { whitespace: true, syntax: true },
    sourcemap: "linked",
    throw: false,
  });
  for (const log of built.logs) console.error(String(log));
  if (!built.success) return 1;
  const { size } = await stat(outfile);
  console.log(`${outfile}: ${(size / 1024 / 1024).toFixed(0)} MB`);
  return 0;
});
