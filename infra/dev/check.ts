import { runCommand } from "#lib/cli/run-command.ts";
import { projectFolder } from "../services/ensure-services.ts";
import { type Check, runChecks } from "./run-checks.ts";

const command = {
  name: "check",
  usage: `usage: bun run check [--fast]
  Everything that can be checked without a service.
  --fast   for the hook before a commit: leaves out dead code and tests`,
  options: { fast: { type: "boolean", default: false } },
} as const;
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
      // Named by `bun run test`, which runs them as well.
      "--retry=1",
      "--only-failures",
      "--path-ignore-patterns=**/*.live.test.ts",
    ],
  },
];

await runCommand(command, async ({ values }) => {
  const checks = values.fast ? fast : [...fast, ...slow];
  const failed = await runChecks(checks, projectFolder, (text) => process.stdout.write(text));
  if (failed.length === 0) return 0;
  throw new Error(`failed: ${failed.join("; ")}`);
});
