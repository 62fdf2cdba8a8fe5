import { rmSync } from "node:fs";
import { join } from "node:path";
import { checkNames, readWholeNumber, type Typed } from "#lib/cli/command-line.ts";
import { runCommand } from "#lib/cli/run-command.ts";
import { interruptible } from "../harness/interruptible.ts";
import { chaosFolder, withOwnServers } from "../harness/own-servers.ts";
import { CRASH_PATCHES } from "./crash-points.ts";
import { MUTANTS, type Mutant } from "./mutants.ts";
import { patchTree } from "./patch-tree.ts";
import { describeBreaches, rowOf, table } from "./report.ts";
import { type Outcome, type RunOptions, runScenario } from "./run-scenario.ts";
import type { Scenario } from "./scenario.ts";
import { SCENARIOS } from "./scenarios.ts";

const command = {
  name: "chaos",
  usage: `usage: bun run chaos [--seed N] [--only NAME,…] [--quick] [--json] [--mutant NAME]
  Breaks the system on services of its own and holds every accepted scan against every guarantee.
  Exit code 1: a breach, or a scenario that did not run.
  --seed N        one seed instead of 1, 2 and 3
  --only NAME,…   these scenarios alone
  --quick         the quick ones, with fewer scans
  --json          everything as one JSON document on standard output, instead of a table
  --mutant NAME   breaks the code on purpose: a run that finds nothing exits 1`,
  options: {
    seed: { type: "string" },
    only: { type: "string" },
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    mutant: { type: "string" },
  },
} as const;
type Values = Typed<typeof command.options>["values"];
const fullScansMin = 170;
const quickScansMin = 80;
/** Of a run with a mutant: more than end before the fault. */
const completedMin = 50;

await runCommand(command, interruptible(main));
process.exit();

async function main({ values }: { values: Values }, signal: AbortSignal): Promise<number> {
  const mutant = chooseMutant(values);
  const scenarios = chooseScenarios(values, mutant);
  const { seed: only } = values;
  const scansMin = values.quick ? quickScansMin : fullScansMin;
  const seeds = only ? [readWholeNumber("--seed", only)] : values.quick || mutant ? [1] : [1, 2, 3];
  return withOwnServers(chaosFolder, signal, async (servers) => {
    rmSync(join(chaosFolder, "logs"), { recursive: true, force: true });
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
        await run(scenario, { servers, seed, tree, scansMin }).then(
          (outcome) => outcomes.push(outcome),
          (error: unknown) => fail(`${scenario.name} seed ${seed} did not run: ${error}`),
        );
      }
    }
    return conclude(outcomes, failures, { mutant, json: values.json });
  });
}

async function run(scenario: Scenario, options: RunOptions): Promise<Outcome> {
  console.error(`${scenario.name} seed ${options.seed}: ${scenario.proves}`);
  const outcome = await runScenario(scenario, options);
  const { accepted, completed, recoveryS, seconds } = rowOf(outcome);
  const breaches = `${outcome.breaches.length} breaches`;
  const recovery = `recovered after ${recoveryS?.toFixed(1) ?? "?"} s`;
  console.error(
    `  ${accepted} accepted, ${completed} completed, ${breaches}, ${recovery}, took ${seconds} s`,
  );
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
  const breaches = outcomes.flatMap((outcome) =>
    outcome.breaches.map((breach) => ({
      scenario: outcome.scenario,
      seed: outcome.seed,
      ...breach,
    })),
  );
  if (json) console.log(JSON.stringify({ mutant: mutant?.name, rows, breaches, failures }));
  else console.log(table(rows));
  if (!mutant) return breaches.length + failures.length > 0 ? 1 : 0;
  const isFound = outcomes.some(hasFound);
  console.error(`mutant ${mutant.name}: ${isFound ? "found" : "NOT FOUND"}`);
  return isFound ? 0 : 1;
}

/** A mutant that breaks everything proves nothing about the checker; one that never recovers has worked before. */
function hasFound({ breaches, history }: Outcome): boolean {
  const completed = history.events.filter(
    ({ stage, status }) => stage === "done" && status === "completed",
  );
  return breaches.length > 0 && completed.length >= completedMin;
}

function chooseMutant({ mutant }: Values): Mutant | undefined {
  if (mutant !== undefined) checkNames("mutant", [mutant], namesOf(MUTANTS));
  return MUTANTS.find(({ name }) => name === mutant);
}

function chooseScenarios(values: Values, mutant: Mutant | undefined): readonly Scenario[] {
  const names = (values.only ?? mutant?.caughtBy)?.split(",");
  if (!names) return values.quick ? SCENARIOS.filter(({ quick }) => quick) : SCENARIOS;
  checkNames("scenario", names, namesOf(SCENARIOS));
  return SCENARIOS.filter(({ name }) => names.includes(name));
}

function namesOf(all: readonly { readonly name: string }[]): string[] {
  return all.map(({ name }) => name);
}
