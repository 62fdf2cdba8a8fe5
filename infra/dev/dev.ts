import { migrate } from "#lib/db/migrate.ts";
import { localDefaults, startStack } from "../harness/stack.ts";
import { ensureServices, projectFolder } from "../services/ensure-services.ts";
import { localFolder } from "../services/state.ts";
import { keepDevKeys } from "./dev-keys.ts";

/**
 * `bun run dev`: services, migration, edge (port `PORT`, default 8080) and worker, restarted on every
 * changed file, until Ctrl-C. Services that ran before are left running.
 */
const told = Promise.withResolvers<void>();
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => told.resolve());

let code = 0;
const services = await ensureServices();
try {
  await migrate(services.urls.DATABASE_URL);
  const AUTH_KEYS = process.env.AUTH_KEYS || (await keepDevKeys(localFolder(projectFolder)));
  const env = { PORT: "8080", HEALTH_PORT: "8081", ...process.env, ...localDefaults, AUTH_KEYS };
  const stack = await startStack({
    env: { ...env, ...services.urls },
    watch: true,
    logs: "inherit",
  });
  process.stderr.write(`Eco² answers on ${stack.origin} (docs: ${stack.origin}/api/v1/docs)\n`);
  await told.promise;
  await stack.stop();
} catch (error) {
  process.stderr.write(`dev: ${error instanceof Error ? error.message : error}\n`);
  code = 1;
} finally {
  await services.stop();
}
process.exit(code);
