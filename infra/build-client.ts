import { runCommand } from "#lib/cli/run-command.ts";
import { packClient } from "./client-package.ts";

const command = {
  name: "build:client",
  usage: `usage: bun run build:client [--outdir FOLDER]
  Packs lib/client for npm: dist/eco2-client-<version>.tgz.
  --outdir FOLDER   where to; default dist`,
  options: { outdir: { type: "string", default: "dist" } },
} as const;

await runCommand(command, async ({ values: { outdir } }) => {
  console.log(await packClient(outdir));
  return 0;
});
