import { parseArgs } from "node:util";
import { ensureServices, projectFolder } from "../services/ensure-services.ts";
import { inspectServices, type ServiceStatus } from "../services/inspect-services.ts";
import { VARIABLES } from "../services/service.ts";
import { takeDown } from "../services/take-down.ts";
import { maskUrl, shellExport } from "../services/url.ts";

const usage = `usage: bun run services <command>
  up                starts PostgreSQL, Redis and RabbitMQ (default)
  down [--purge]    stops what was started; with --purge also deletes the data
  status [--json]   what answers where; exit code 0 only when all three do
  env               prints the three URLs for a shell: eval "$(bun run services env)"
  --project <dir>   another project folder than this one`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "boolean", default: false },
    purge: { type: "boolean", default: false },
    project: { type: "string", default: projectFolder },
    help: { type: "boolean", short: "h", default: false },
  },
});

try {
  process.exitCode = values.help ? say(usage, 0) : await run(positionals[0] ?? "up");
} catch (error) {
  process.exitCode = say(`services: ${error instanceof Error ? error.message : error}`, 1);
}

async function run(command: string): Promise<number> {
  const { project } = values;
  switch (command) {
    case "up":
      await ensureServices({ project });
      return say(table(await inspectServices({ project })), 0);
    case "down":
      await takeDown({ project, purge: values.purge });
      return 0;
    case "status":
      return printStatus(await inspectServices({ project }));
    case "env":
      return printEnvironment(await inspectServices({ project }));
    default:
      return say(usage, 2);
  }
}

function printStatus(all: readonly ServiceStatus[]): number {
  const shown = all.map((status) => ({ ...status, url: status.url && maskUrl(status.url) }));
  console.log(values.json ? JSON.stringify(shown, null, 2) : table(all));
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
  const lines = [["service", "state", "version", "source", "pid", "url"], ...rows];
  const widths = lines[0]?.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths?.[i] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Standard output is kept for what a program reads. */
function say(text: string, code: number): number {
  process.stderr.write(`${text}\n`);
  return code;
}
