import { readWholeNumber } from "#lib/cli/command-line.ts";
import { runCommand } from "#lib/cli/run-command.ts";
import { bringUp } from "../chaos/backing.ts";
import { runFuzz } from "./run-fuzz.ts";

const command = {
  name: "fuzz",
  usage: `usage: bun run fuzz [--requests N] [--seed N]
  Sends every operation of the OpenAPI document what it does not expect, and photo addresses that must
  not be opened. Exit code 1: a 5xx, a crash, an error that is no problem document of a known code, or
  a single connection to a private address.
  --requests N   default 10000
  --seed N       the same seed sends the same requests; default 1`,
  options: {
    requests: { type: "string", default: "10000" },
    seed: { type: "string", default: "1" },
  },
} as const;

await runCommand(command, async ({ values }) => {
  const requests = readWholeNumber("--requests", values.requests);
  const seed = readWholeNumber("--seed", values.seed);
  const backing = await bringUp(say);
  try {
    return (await runFuzz({ backing, requests, seed, say })) ? 0 : 1;
  } finally {
    await backing.stop();
  }
});
process.exit();

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
