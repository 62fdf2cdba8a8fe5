import { dirname, join, relative } from "node:path";
import { runCommand } from "#lib/cli/run-command.ts";
import { projectFolder } from "../services/ensure-services.ts";
import { benchCommand, type Options, readOptions } from "./arguments.ts";
import { BENCHES } from "./benches.ts";
import { readCommit, readMachine } from "./machine.ts";
import type { Result } from "./result.ts";
import { saveResult, writeResult } from "./results.ts";
import { type Ran, runBenches } from "./run-benches.ts";
import { benchFolder, bringUpServers, type Servers } from "./servers.ts";
import { renderMachine, renderTerminal } from "./terminal.ts";

/**
 * `bun run bench [NAME…] [--runs N] [--quick] [--json] [--save]`: measures and shows the figures.
 * A bound that is missed is a finding, so it exits 0; a benchmark that could not run makes it exit 1.
 */
const known = BENCHES.map(({ name }) => name);

await runCommand(benchCommand(known), (typed) => main(readOptions(typed, known)));
process.exit();

async function main(options: Options): Promise<number> {
  const bringingUp = bringUpServers(report);
  stopOnSignal(bringingUp);
  const servers = await bringingUp;
  try {
    return await run(options, servers);
  } finally {
    await servers.stop();
  }
}

async function run(options: Options, { urls, processes: services }: Servers): Promise<number> {
  const { names, runs, quick, json, save } = options;
  const circumstances = { machine: await readMachine(urls), commit: readCommit() };
  // A quick run must not replace figures that mean something.
  const folder = quick ? join(benchFolder, "quick") : benchFolder;
  const keep = async (result: Result): Promise<void> => {
    const path = await writeResult(join(folder, "results"), result);
    report(`${result.name}: result and charts in ${relative(projectFolder, dirname(path))}`);
    if (save) await saveResult(result);
  };
  const chosen = BENCHES.filter(({ name }) => names.includes(name));
  const context = { urls, services, runs, quick, report };
  const ran = await runBenches(chosen, context, circumstances, keep);
  await Bun.write(Bun.stdout, render(ran, circumstances, json));
  return ran.failures.length > 0 ? 1 : 0;
}

function render(
  ran: Ran,
  circumstances: Pick<Result, "machine" | "commit">,
  json: boolean,
): string {
  if (json) return `${JSON.stringify({ ...circumstances, ...ran }, null, 2)}\n`;
  return [renderMachine(circumstances), ...ran.results.map(renderTerminal)].join("\n");
}

/** Also while they are still being started. What a benchmark has started ends with this process. */
function stopOnSignal(bringingUp: Promise<Servers>): void {
  const stop = async (code: number): Promise<never> => {
    const servers = await bringingUp.catch(() => undefined);
    await servers?.stop();
    process.exit(code);
  };
  process.once("SIGINT", () => void stop(130));
  process.once("SIGTERM", () => void stop(143));
}

function report(line: string): void {
  process.stderr.write(`${line}\n`);
}
