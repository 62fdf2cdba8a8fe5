import { runCommand } from "#lib/cli/run-command.ts";
import { loadConfig } from "#lib/config/load-config.ts";
import { migrate } from "#lib/db/migrate.ts";
import { EdgeConfig } from "../../services/edge/config.ts";
import { stopDeadlineMs, WorkerConfig } from "../../services/worker/config.ts";
import { interruptible, untilAborted } from "../harness/interruptible.ts";
import { startStack } from "../harness/stack.ts";

const command = {
  name: "start",
  usage: `usage: bun run start
  Migrates, then runs edge (port PORT) and worker against the environment, as compose does with its
  images. Ends when it is told to, or when one of the two ends; work in flight is finished first, up
  to ${stopDeadlineMs / 1_000} s. The exit code is that of a process that failed.`,
  options: {},
} as const;

/** The processes end by themselves at their deadlines; this is for one that does not. */
const stopMarginMs = 5_000;

await runCommand(command, interruptible(start));
process.exit();

async function start(_: unknown, interrupted: AbortSignal): Promise<number> {
  // Checked here for both, so that the first run names everything that is missing at once.
  const { PORT, METRICS_PORT, DATABASE_URL } = loadConfig(EdgeConfig);
  const { HEALTH_PORT } = loadConfig(WorkerConfig);
  await migrate(DATABASE_URL);
  const ports = { PORT, HEALTH_PORT, METRICS_PORT };
  const texts = Object.entries(ports).map(([name, port]) => [name, String(port)]);
  const env = { ...process.env, ...Object.fromEntries(texts) };
  const stopGraceMs = stopDeadlineMs + stopMarginMs;
  const stack = await startStack({ env, stopGraceMs, signal: interrupted });
  process.stderr.write(`Eco² answers on ${stack.origin} (docs: ${stack.origin}/api/v1/docs)\n`);
  const asked = untilAborted(interrupted).then(() => 0);
  // Also a process that ends without a failure leaves half a system behind.
  const code = await Promise.race([asked, stack.ended.then((one) => one.code || 1)]);
  return (await stack.stop()) || code;
}
