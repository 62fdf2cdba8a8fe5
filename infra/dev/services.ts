import { alignColumns } from "#lib/cli/align-columns.ts";
import { type Typed, UsageError } from "#lib/cli/command-line.ts";
import { runCommand } from "#lib/cli/run-command.ts";
import { ensureServices, projectFolder, takeDown } from "../services/ensure-services.ts";
import { inspectServices, type ServiceStatus } from "../services/inspect-services.ts";
import { VARIABLES } from "../services/service.ts";
import { maskUrl, shellExport } from "../services/url.ts";

const command = {
  name: "services",
  usage: `usage: bun run services <command>
  up                starts PostgreSQL, Redis and RabbitMQ (default)
  down [--purge]    stops what was started; with --purge also deletes the data
  status [--json]   what answers where; exit code 0 only when all three do
  env               prints the three URLs for a shell: eval "$(bun run services env)"
  --project <dir>   another project folder than this one`,
  options: {
    json: { type: "boolean", default: false },
    purge: { type: "boolean", default: false },
    project: { type: "string", default: projectFolder },
  },
  argumentsMax: 1,
} as const;

await runCommand(command, ({ values, positionals }) => run(positionals[0] ?? "up", values));

type Values = Typed<typeof command.options>["values"];

async function run(verb: string, { json, purge, project }: Values): Promise<number> {
  switch (verb) {
    case "up":
      await ensureServices({ project });
      return say(table(await inspectServices({ project })), 0);
    case "down":
      await takeDown({ project, purge });
      return 0;
    case "status":
      return printStatus(await inspectServices({ project }), json);
    case "env":
      return printEnvironment(await inspectServices({ project }));
    default:
      throw new UsageError(`unknown command '${verb}'; see --help`);
  }
}

function printStatus(all: readonly ServiceStatus[], json: boolean): number {
  const shown = all.map((status) => ({ ...status, url: status.url && maskUrl(status.url) }));
  console.log(json ? JSON.stringify(shown, null, 2) : table(all));
  return all.every(({ state }) => state === "up") ? 0 : 1;
}

function printEnvironment(all: readonly ServiceStatus[]): number {
  const down = all.filter(({ state }) => state !== "up").map(({ name }) => name);
  if (down.length > 0) return say(`services: ${down.join(", ")} down; run: bun run services up`, 1);
  for (const { name, url } of all) console.log(shellExport(VARIABLES[name], url ?? ""));
  return 0;
}

function table(all: readonly ServiceStatus[]): string {
  const rows = all.map(({ name, state, version, source, pid, url }) => [
    name,
    state,
    version ?? "-",
    source ?? "-",
    pid ? String(pid) : "-",
    url ? maskUrl(url) : "-",
  ]);
  return alignColumns([["service", "state", "version", "source", "pid", "url"], ...rows]);
}

/** Standard output is kept for what a program reads. */
function say(text: string, code: number): number {
  process.stderr.write(`${text}\n`);
  return code;
}
