import { stat } from "node:fs/promises";
import { parseArgs } from "node:util";

/**
 * `bun run build`: one `dist/eco2-worker` that runs all queues, or those `--queues` names. The detector
 * is an entry of its own because it runs in a thread; its weights and WebAssembly are embedded.
 */
const { values } = parseArgs({
  options: { outfile: { type: "string", default: "dist/eco2-worker" } },
});
const { outfile } = values;
const entries = ["services/worker/main.ts", "services/worker/adapters/local-detector-worker.ts"];

const built = await Bun.build({
  entrypoints: entries,
  compile: { outfile },
  target: "bun",
  minify: { whitespace: true, syntax: true },
  sourcemap: "linked",
  throw: false,
});
for (const log of built.logs) console.error(String(log));
if (!built.success) process.exit(1);
const { size } = await stat(outfile);
console.log(`${outfile}: ${(size / 1024 / 1024).toFixed(0)} MB`);
