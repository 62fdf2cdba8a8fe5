import { alignColumns } from "#lib/cli/align-columns.ts";
import { runCommand } from "#lib/cli/run-command.ts";
import type { Check } from "./check.ts";
import { DoctorConfig, ModelsConfig } from "./config.ts";
import { runChecks } from "./main-checks.ts";
import { type Environment, readConfig } from "./main-environment.ts";
import { checkModels } from "./main-models.ts";

const doctorCommand = {
  name: "doctor",
  usage: `usage: doctor [--models | --manifests] [--json]
  Compares a running system with what it guarantees, and changes nothing.
  --models   asks each configured model about a small picture instead, which each is paid for:
             what its server takes, and what is wrong with its address, key or name
  --manifests   compares compose and the manifests of Kubernetes with the code instead, offline; in a
             checkout of the project alone
  Exit code: 0 all well, 1 a breach, 2 a service cannot be reached.
  RABBITMQ_MANAGEMENT_URL   where bindings can be read, when not port 15672 beside the broker`,
  options: {
    json: { type: "boolean", default: false },
    models: { type: "boolean", default: false },
    manifests: { type: "boolean", default: false },
  },
} as const;

const unreachableCode = 2;

/** Compares what deploys this code with the code itself; it is no part of the program that is deployed. */
export type CheckManifests = () => Promise<readonly Check[]>;

/** Compares a running system with what it guarantees, and changes nothing. */
export function doctor(
  args: readonly string[],
  environment: Environment,
  checkManifests: CheckManifests = refuseManifests,
): Promise<void> {
  return runCommand(
    doctorCommand,
    async ({ values }) => {
      try {
        if (values.manifests) return report(await checkManifests(), values.json);
        const checks = values.models
          ? await checkModels(await readConfig(ModelsConfig, environment))
          : await runChecks(await readConfig(DoctorConfig, environment));
        return report(checks, values.json);
      } catch (error) {
        process.stderr.write(`doctor: ${error instanceof Error ? error.message : error}\n`);
        return unreachableCode;
      }
    },
    args,
  );
}

async function refuseManifests(): Promise<never> {
  throw new Error("--manifests needs a checkout of the project: bun run doctor --manifests");
}

function report(checks: readonly Check[], json: boolean): number {
  const table = () => alignColumns(checks.map(({ name, state, detail }) => [name, state, detail]));
  process.stdout.write(`${json ? JSON.stringify(checks, null, 2) : table()}\n`);
  return checks.some(({ state }) => state === "breach") ? 1 : 0;
}
