import { checkNames, readWholeNumber, type Typed, UsageError } from "#lib/cli/command-line.ts";
import { runCommand } from "#lib/cli/run-command.ts";
import { interruptible } from "../harness/interruptible.ts";
import { chaosFolder, removeLogs, withOwnServers } from "../harness/own-servers.ts";
import type { ServiceUrls } from "../services/service.ts";
import { gapsOf } from "./acceptance-gaps.ts";
import type { BaseLab, LabOptions } from "./base-lab.ts";
import { whyNoCluster, withCluster } from "./cluster/cluster.ts";
import { openClusterLab } from "./cluster/cluster-lab.ts";
import { caughtInCluster, clusterScenarios } from "./cluster/cluster-scenarios.ts";
import { CRASH_PATCHES } from "./crash-points.ts";
import { openLab } from "./lab.ts";
import { MUTANTS, type Mutant } from "./mutants.ts";
import { patchTree } from "./patch-tree.ts";
import { describeBreaches, rowOf, table } from "./report.ts";
import { type Outcome, type RunOptions, runScenario } from "./run-scenario.ts";
import type { Scenario } from "./scenario.ts";
import { SCENARIOS } from "./scenarios.ts";

const command = {
  name: "chaos",
  usage: `usage: bun run chaos [--seed N] [--only NAME,…] [--quick | --cluster] [--fanout] [--json]
             [--mutant NAME]
  Breaks the system on services of its own and holds every accepted scan against every guarantee.
  Exit code 1: a breach, or a scenario that did not run.
  --seed N        one seed instead of 1, 2 and 3
  --only NAME,…   these scenarios alone
  --quick         the quick ones, with fewer scans
  --cluster       several machines that fail over, one seed; needs root, HAProxy and the three servers
  --fanout        with an event router between the event streams and edge, in every scenario; not for --cluster
  --json          everything as one JSON document on standard output, instead of a table
  --mutant NAME   breaks the code on purpose: a run that finds nothing exits 1`,
  options: {
    seed: { type: "string" },
    only: { type: "string" },
    quick: { type: "boolean", default: false },
    cluster: { type: "boolean", default: false },
    fanout: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    mutant: { type: "string" },
  },
} as const;
type Values = Typed<typeof command.options>["values"];
const fullScansMin = 170;
const quickScansMin = 80;
const clusterScansMin = 500;
/** Of a run with a mutant: one that breaks everything completes none. */
const completedMin = 25;

await runCommand(command, interruptible(main));
process.exit();

async function main({ values }: { values: Values }, signal: AbortSignal): Promise<number> {
  const mutant = chooseMutant(values);
  if (!values.cluster) {
    const scenarios = chooseScenarios(SCENARIOS, values, mutant?.caughtBy);
    const scansMin = values.quick ? quickScansMin : fullScansMin;
    return withOwnServers(chaosFolder, signal, (servers) => {
      removeLogs();
      return runAll(scenarios, openLab, { servers, scansMin, values, mutant });
    });
  }
  const reason = whyNoCluster();
  if (reason) throw new UsageError(`--cluster ${reason}`);
  if (values.quick) throw new UsageError("--quick is not for --cluster");
  if (values.fanout) throw new UsageError("--fanout is not for --cluster");
  const scenarios = chooseScenarios(clusterScenarios, values, caughtInCluster[mutant?.name ?? ""]);
  return withCluster(signal, (servers) =>
    runAll(scenarios, openClusterLab(), { servers, scansMin: clusterScansMin, values, mutant }),
  );
}

interface AllOptions<S> extends Pick<RunOptions<S>, "servers" | "scansMin"> {
  readonly values: Values;
  readonly mutant: Mutant | undefined;
}

/** Every scenario with every seed. @returns the exit code. */
async function runAll<S extends { readonly urls: ServiceUrls }, L extends BaseLab<S>>(
  scenarios: readonly Scenario<L>[],
  open: (options: LabOptions<S>) => L | Promise<L>,
  { servers, scansMin, values, mutant }: AllOptions<S>,
): Promise<number> {
  const { seed: only, quick, cluster, fanout, json } = values;
  const isOne = quick || cluster || mutant;
  const seeds = only ? [readWholeNumber("--seed", only)] : isOne ? [1] : [1, 2, 3];
  const trees = copyTrees(mutant);
  const outcomes: Outcome[] = [];
  const failures: string[] = [];
  const fail = (failure: string): void => {
    failures.push(failure);
    console.error(`FAILURE ${failure}`);
  };
  for (const seed of seeds) {
    for (const scenario of scenarios) {
      const tree = trees[scenario.tree ?? "plain"];
      console.error(`${scenario.name} seed ${seed}: ${scenario.proves}`);
      await runScenario(scenario, open, { servers, seed, tree, scansMin, fanout }).then(
        (outcome) => outcomes.push(told(outcome)),
        (error: unknown) => fail(`${scenario.name} seed ${seed} did not run: ${error}`),
      );
    }
  }
  return conclude(outcomes, failures, { mutant, json });
}

function told(outcome: Outcome): Outcome {
  const { accepted, completed, recoveryS, seconds } = rowOf(outcome);
  const breaches = `${outcome.breaches.length} breaches`;
  const recovery = `recovered after ${recoveryS?.toFixed(1) ?? "?"} s`;
  console.error(
    `  ${accepted} accepted, ${completed} completed, ${breaches}, ${recovery}, took ${seconds} s`,
  );
  for (const { failure, gapS } of gapsOf(outcome.history)) {
    console.error(`  ${failure}: at most ${gapS.toFixed(1)} s without an accepted scan`);
  }
  if (outcome.breaches.length > 0) console.error(describeBreaches(outcome));
  return outcome;
}

/**
 * What is tested is the code as it was when the run began, whatever is edited meanwhile. Made at once, so
 * that a patch that no longer fits fails before any scenario has run.
 */
function copyTrees(mutant: Mutant | undefined) {
  const patches = mutant?.patches ?? [];
  return {
    plain: patchTree("plain", patches),
    "crash-points": patchTree("crash-points", [...patches, ...CRASH_PATCHES]),
  };
}

function conclude(
  outcomes: readonly Outcome[],
  failures: readonly string[],
  { mutant, json }: { mutant: Mutant | undefined; json: boolean },
): number {
  const rows = outcomes.map(rowOf);
  const breaches = outcomes.flatMap(({ scenario, seed, breaches }) =>
    breaches.map((breach) => ({ scenario, seed, ...breach })),
  );
  const gaps = outcomes.flatMap(({ history }) => gapsOf(history));
  if (json) console.log(JSON.stringify({ mutant: mutant?.name, rows, gaps, breaches, failures }));
  else console.log(table(rows));
  if (!mutant) return breaches.length + failures.length > 0 ? 1 : 0;
  const isFound = outcomes.some(hasFound);
  console.error(`mutant ${mutant.name}: ${isFound ? "found" : "NOT FOUND"}`);
  return isFound ? 0 : 1;
}

/** A mutant that breaks everything proves nothing about the checker; one that never recovers has worked before. */
function hasFound(outcome: Outcome): boolean {
  return outcome.breaches.length > 0 && rowOf(outcome).completed >= completedMin;
}

function chooseMutant({ mutant }: Values): Mutant | undefined {
  if (mutant !== undefined) checkNames("mutant", [mutant], namesOf(MUTANTS));
  return MUTANTS.find(({ name }) => name === mutant);
}

function chooseScenarios<L>(
  all: readonly Scenario<L>[],
  { only, quick, mutant }: Values,
  caughtBy: string | undefined,
): readonly Scenario<L>[] {
  if (mutant !== undefined && !only && !caughtBy) {
    throw new UsageError(`no scenario here has to find ${mutant}: name one by --only`);
  }
  const names = (only ?? caughtBy)?.split(",");
  if (!names) return quick ? all.filter((one) => one.quick) : all;
  checkNames("scenario", names, namesOf(all));
  return all.filter(({ name }) => names.includes(name));
}

function namesOf(all: readonly { readonly name: string }[]): string[] {
  return all.map(({ name }) => name);
}
