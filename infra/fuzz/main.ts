import { readWholeNumber, type Typed } from "#lib/cli/command-line.ts";
import { runCommand } from "#lib/cli/run-command.ts";
import { interruptible } from "../harness/interruptible.ts";
import { chaosFolder, withOwnServers } from "../harness/own-servers.ts";
import { runFuzz } from "./run-fuzz.ts";

const command = {
  name: "fuzz",
  usage: `usage: bun run fuzz [--requests N] [--seed N]
  Sends every operation of the OpenAPI document requests it does not expect, and photo addresses that
  must not be fetched. Exit code 1: a 5xx, a crash, an error without a problem document of a known
  code, or a connection to a private address.
  --requests N   default 10000
  --seed N       the same seed sends the same requests; default 1`,
  options: {
    requests: { type: "string", default: "10000" },
    seed: { type: "string", default: "1" },
  },
} as const;

const fuzz = interruptible<Typed<typeof command.options>>(async ({ values }, signal) => {
  const requests = readWholeNumber("--requests", values.requests);
  const seed = readWholeNumber("--seed", values.seed);
  const say = console.error;
  return withOwnServers(chaosFolder, signal, async (servers) =>
    (await runFuzz({ servers, requests, seed, say })) ? 0 : 1,
  );
});
await runCommand(command, fuzz);
process.exit();
