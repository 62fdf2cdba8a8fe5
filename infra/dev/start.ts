import { loadConfig } from "#lib/config/load-config.ts";
import { migrate } from "#lib/db/migrate.ts";
import { EdgeConfig } from "../../services/edge/config.ts";
import { WorkerConfig } from "../../services/worker/config.ts";
import { startStack } from "../harness/stack.ts";

/**
 * `bun run start`: migrates, then runs edge (port `PORT`) and worker against the environment, as compose
 * does with its images. Ends when it is told to, or when one of the two ends.
 */
const told = Promise.withResolvers<number>();
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => told.resolve(0));

try {
  // Checked here for both, so that the first run names everything that is missing at once.
  const { PORT, DATABASE_URL } = loadConfig(EdgeConfig);
  const { HEALTH_PORT } = loadConfig(WorkerConfig);
  await migrate(DATABASE_URL);
  const env = { ...process.env, PORT: String(PORT), HEALTH_PORT: String(HEALTH_PORT) };
  const stack = await startStack({ env, logs: "inherit" });
  process.stderr.write(`Eco² answers on ${stack.origin} (docs: ${stack.origin}/api/v1/docs)\n`);
  const code = await Promise.race([told.promise, stack.ended.then(() => 1)]);
  await stack.stop();
  process.exit(code);
} catch (error) {
  process.stderr.write(`start: ${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
