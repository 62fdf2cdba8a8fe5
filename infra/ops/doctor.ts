import { parseArgs } from "node:util";
import { alignColumns } from "./align-columns.ts";
import { Unreachable } from "./check.ts";
import { runDoctor } from "./run-doctor.ts";
import { findServiceUrls } from "./service-urls.ts";

const usage = `usage: bun run doctor [--json]
  Compares a running system with what it guarantees, and changes nothing.
  Exit code: 0 all well, 1 a breach, 2 a service cannot be reached.
  RABBITMQ_MANAGEMENT_URL   where bindings can be read, when not port 15672 beside the broker`;

const unreachableCode = 2;

try {
  process.exitCode = await run();
} catch (error) {
  process.stderr.write(`doctor: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = unreachableCode;
}

async function run(): Promise<number> {
  const { values } = parseArgs({
    options: {
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    process.stderr.write(`${usage}\n`);
    return 0;
  }
  const urls = await findServiceUrls().catch((cause: Error) => {
    throw new Unreachable(cause.message, { cause });
  });
  const checks = await runDoctor(urls, { managementUrl: process.env.RABBITMQ_MANAGEMENT_URL });
  const table = () => alignColumns(checks.map(({ name, state, detail }) => [name, state, detail]));
  process.stdout.write(`${values.json ? JSON.stringify(checks, null, 2) : table()}\n`);
  return checks.some(({ state }) => state === "breach") ? 1 : 0;
}
