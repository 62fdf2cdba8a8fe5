import { projectFolder } from "../services/ensure-services.ts";
import { type Check, runChecks } from "./run-checks.ts";

/**
 * `bun run check [--fast]`: everything that can be checked without a service. `--fast`, for the hook
 * before a commit, leaves out dead code and tests.
 */
const bun = process.execPath;
const fast: readonly Check[] = [
  { name: "format, lint, imports", command: [bun, "biome", "check"], mend: "bun run fix" },
  { name: "types", command: [bun, "tsc"] },
];
const slow: readonly Check[] = [
  { name: "dead code", command: [bun, "knip"] },
  {
    name: "pure tests",
    command: [
      bun,
      "test",
      "--isolate",
      "--only-failures",
      "--path-ignore-patterns=**/*.live.test.ts",
    ],
  },
];

const checks = process.argv.includes("--fast") ? fast : [...fast, ...slow];
const failed = await runChecks(checks, projectFolder, (text) => process.stdout.write(text));
if (failed.length > 0) {
  process.stderr.write(`check: failed: ${failed.join("; ")}\n`);
  process.exitCode = 1;
}
