import { join } from "node:path";
import { type AppOptions, type AppProcess, startApp } from "../harness/app-process.ts";
import type { OwnServers } from "../harness/own-servers.ts";
import { localDefaults } from "../harness/stack.ts";
import { projectFolder } from "../services/ensure-services.ts";
import { choosePort } from "../services/port.ts";
import { SERVICE_NAMES } from "../services/service.ts";
import type { ProcessGroup } from "./meter.ts";

/** Everything the benchmarks write: data of their own servers, logs, results. */
export const benchFolder = join(projectFolder, ".local/bench");

/** PostgreSQL, Redis and RabbitMQ as processes: each with all that descend from its oldest. */
export function serviceProcesses(servers: OwnServers): ProcessGroup[] {
  return SERVICE_NAMES.flatMap((name) => {
    const [oldest] = servers.processes(name);
    return oldest ? [{ name, pid: oldest.pid }] : [];
  });
}

/**
 * One of the system's processes as it is deployed, on a port of its own. Nothing is in flight any more
 * when a benchmark disposes of it.
 */
export function startService(
  main: string,
  env: AppOptions["env"],
  args: readonly string[] = [],
): AppProcess & AsyncDisposable {
  const port = choosePort([]);
  const app = startApp({
    main,
    args,
    env: {
      ...localDefaults,
      // `BUN_OPTIONS=--cpu-prof-md` profiles it.
      BUN_OPTIONS: process.env.BUN_OPTIONS,
      LOG_LEVEL: "warn",
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      ...env,
    },
    port,
    logFile: join(benchFolder, `${main}.log`),
  });
  return Object.assign(app, {
    [Symbol.asyncDispose]: async () => void (await app.end("SIGTERM", 10_000)),
  });
}
