import { dirname, join, relative } from "node:path";
import { runCommand } from "#lib/cli/run-command.ts";
import { interruptible } from "../harness/interruptible.ts";
import { type OwnServers, withOwnServers } from "../harness/own-servers.ts";
import { projectFolder } from "../services/ensure-services.ts";
import { benchCommand, type Options, readOptions } from "./arguments.ts";
import { BENCHES } from "./benches.ts";
import { readCommit, readMachine } from "./machine.ts";
import type { Result } from "./result.ts";
import { renderSaved, savedFolder, writeResult } from "./results.ts";
import { runBenches } from "./run-benches.ts";
import { benchFolder, serviceProcesses } from "./servers.ts";
import { renderMachine, renderTerminal } from "./terminal.ts";

/**
 * `bun run bench [NAME…] [--runs N] [--quick] [--json] [--save]`: measures and shows the figures.
 * A bound that is missed is a finding, so it exits 0; a benchmark that could not run makes it exit 1.
 */
const known = BENCHES.map(({ name }) => name);

const bench = interruptible<Parameters<typeof readOptions>[0]>(async (typed, signal) => {
  const options = readOptions(typed, known);
  return withOwnServers(benchFolder, signal, (servers) => run(options, servers));
});
await runCommand(benchCommand(known), bench);
process.exit();

async function run(options: Options, servers: OwnServers): Promise<number> {
  const { names, runs, quick, confined, json, save } = options;
  const { urls } = servers;
  const circumstances = { machine: await readMachine(urls), commit: readCommit() };
  // A quick run must not replace figures that mean something.
  const folder = quick ? join(benchFolder, "quick") : benchFolder;
  const keep = async (result: Result): Promise<void> => {
    const path = await writeResult(join(folder, "results"), result);
    console.error(`${result.name}: result and charts in ${relative(projectFolder, dirname(path))}`);
    if (save) await writeResult(savedFolder, result);
    if (save) await renderSaved();
  };
  const chosen = BENCHES.filter(({ name }) => names.includes(name));
  const context = {
    urls,
    services: serviceProcesses(servers),
    runs,
    quick,
    confined,
    report: console.error,
  };
  const ran = await runBenches(chosen, context, circumstances, keep);
  const text = json
    ? JSON.stringify({ ...circumstances, ...ran }, null, 2)
    : [renderMachine(circumstances), ...ran.results.map(renderTerminal)].join("\n");
  await Bun.write(Bun.stdout, `${text}\n`);
  return ran.failures.length > 0 ? 1 : 0;
}
