import { UsageError } from "#lib/cli/command-line.ts";
import { runCommand } from "#lib/cli/run-command.ts";
import { dlq } from "./main-dlq.ts";
import { type CheckManifests, doctor } from "./main-doctor.ts";
import type { Environment } from "./main-environment.ts";
import { feedback } from "./main-feedback.ts";
import { keys } from "./main-keys.ts";
import { locations } from "./main-locations.ts";
import { migrate } from "./main-migrate.ts";

/** Loaded where it is asked for: what serves has timers of its own, and a command ends by itself. */
const serve = async (args: readonly string[]) => (await import("./main-serve.ts")).serve([...args]);

const verbs = { dlq, doctor, feedback, keys, locations, migrate, serve } as const;

const operatorCommand = {
  name: "operator",
  usage: `usage: eco2-operator <verb> [--help] …
  dlq       dead letters: list, show, redrive, archive, purge
  doctor    compares a running system with what it guarantees, and changes nothing
  feedback  exports what users said of answers, for the evaluation
  keys      makes and rotates the keys that sign tokens
  locations imports a register of places
  migrate   brings the database to the newest schema and seeds the catalogue
  serve     serves the operations of administrators over HTTP, behind a gatekeeper
  Each verb reads from the environment what it needs; its --help tells more.`,
  options: {},
  argumentsMax: Number.POSITIVE_INFINITY,
} as const;

/** Runs one verb and sets the exit code of this process. */
export async function runOperator(
  args: readonly string[],
  environment: Environment = () => process.env,
  checkManifests?: CheckManifests,
): Promise<void> {
  const [name, ...rest] = args;
  for (const [verb, run] of Object.entries(verbs)) {
    if (verb === name) return run(rest, environment, checkManifests);
  }
  const why = name === undefined ? "no verb" : `unknown verb '${name}'`;
  await runCommand(
    operatorCommand,
    () => Promise.reject(new UsageError(`${why}; see --help`)),
    args,
  );
}
