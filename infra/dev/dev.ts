import { runCommand } from "#lib/cli/run-command.ts";
import { migrate } from "#lib/db/migrate.ts";
import { interruptible, untilAborted } from "../harness/interruptible.ts";
import { localDefaults, startStack } from "../harness/stack.ts";
import { startObserving } from "../observe/start-observing.ts";
import { ensureServices, projectFolder } from "../services/ensure-services.ts";
import { localFolder } from "../services/state.ts";
import { keepDevKeys } from "./dev-keys.ts";

const command = {
  name: "dev",
  usage: `usage: bun run dev [--observe]
  Backing services, migration, edge (port PORT, default 8080) and worker, restarted on every changed
  file, until Ctrl-C. Services that ran before are left running.
  --observe   Prometheus beside them, with the alerts; says where to look`,
  options: { observe: { type: "boolean" } },
} as const;

/** Where Vite, with which most pages are developed, serves them. */
const viteOrigins = "http://localhost:5173,http://127.0.0.1:5173";

await runCommand(command, interruptible(dev));
process.exit();

async function dev(
  { values: { observe } }: { readonly values: { readonly observe?: boolean | undefined } },
  interrupted: AbortSignal,
): Promise<undefined> {
  const services = await ensureServices({ signal: interrupted });
  try {
    await migrate(services.urls.DATABASE_URL);
    const AUTH_KEYS = process.env.AUTH_KEYS || (await keepDevKeys(localFolder(projectFolder)));
    const ports = { PORT: "8080", HEALTH_PORT: "8081", METRICS_PORT: "9464" };
    const env = {
      ...ports,
      CORS_ORIGINS: viteOrigins,
      ...process.env,
      ...localDefaults,
      AUTH_KEYS,
    };
    const stack = await startStack({
      env: { ...env, ...services.urls },
      watch: true,
      signal: interrupted,
    });
    process.stderr.write(`Eco² answers on ${stack.origin} (docs: ${stack.origin}/api/v1/docs)\n`);
    if (observe) await startObserving(Number(env.METRICS_PORT), services.sources.rabbitmq);
    await untilAborted(interrupted);
    await stack.stop();
  } finally {
    await services.stop();
  }
}
