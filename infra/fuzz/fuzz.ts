import { parseArgs } from "node:util";
import { bringUp } from "../chaos/backing.ts";
import { runFuzz } from "./run-fuzz.ts";

/**
 * `bun run fuzz [--requests 10000] [--seed N]`: sends every operation of the OpenAPI document what it
 * does not expect, and photo addresses that must not be opened. Exits 1 on a 5xx, a crash, an error
 * that is no problem document of a known code, or a single connection to a private address.
 */
const { values } = parseArgs({
  options: {
    requests: { type: "string", default: "10000" },
    seed: { type: "string", default: "1" },
  },
});

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const backing = await bringUp(say);
let isClean = false;
try {
  const { requests, seed } = values;
  isClean = await runFuzz({ backing, requests: Number(requests), seed: Number(seed), say });
} finally {
  await backing.stop();
}
process.exit(isClean ? 0 : 1);
