import { runCommand } from "#lib/cli/run-command.ts";
import { loadConfig } from "#lib/config/load-config.ts";
import { migrate } from "#lib/db/migrate.ts";
import { EdgeConfig } from "../../services/edge/config.ts";
import { WorkerConfig } from "../../services/worker/config.ts";
import { startStack } from "../harness/stack.ts";

const command = {
  name: "start",
  usage: `usage: bun run start
  Migrates, then runs edge (port PORT) and worker against the environment, as compose does with its
  images. Ends when it is told to, or when one of the two ends.`,
  options: {},
} as const;

await runCommand(command, start);
process.exit();

async function start(): Promise<number> {
  const stopAsked = Promise.withResolvers<number>();
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => stopAsked.resolve(0));
  // Checked here for both, so that the first run names everything that is missing at once.
  const { PORT, DATABASE_URL } = loadConfig(EdgeConfig);
  const { HEALTH_PORT } = loadConfig(WorkerConfig);
  await migrate(DATABASE_URL);
  const env = { ...process.env, PORT: String(PORT), HEALTH_PORT: String(HEALTH_PORT) };
  const stack = await startStack({ env });
  process.stderr.write(`Eco² answers on ${stack.origin} (docs: ${stack.origin}/api/v1/docs)\n`);
  const code = await Promise.race([stopAsked.promise, stack.ended.then(() => 1)]);
  await stack.stop();
  return code;
}
