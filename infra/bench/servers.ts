import { join } from "node:path";
import { type AppOptions, startApp } from "../harness/app-process.ts";
import type { OwnServers } from "../harness/own-servers.ts";
import { localDefaults } from "../harness/stack.ts";
import { projectFolder } from "../services/ensure-services.ts";
import { choosePort } from "../services/port.ts";
import { SERVICE_NAMES } from "../services/service.ts";
import type { ProcessGroup } from "./meter.ts";

/** Everything the benchmarks write: data of their own servers, logs, results. */
export const benchFolder = join(projectFolder, ".local/bench");

/** PostgreSQL, Redis and RabbitMQ as processes: each with all that descend from it. */
export function serviceProcesses(servers: OwnServers): ProcessGroup[] {
  return SERVICE_NAMES.flatMap((name) => {
    const pid = servers.pid(name);
    return pid === undefined ? [] : [{ name, pid }];
  });
}

/** One of the system's processes as it is deployed, on a port of its own. */
export function startService(
  main: string,
  env: AppOptions["env"],
  { args = [], command }: Pick<AppOptions, "args" | "command"> = {},
) {
  const port = choosePort([]);
  const own = {
    ...localDefaults,
    // `BUN_OPTIONS=--cpu-prof-md` profiles it.
    BUN_OPTIONS: process.env.BUN_OPTIONS,
    LOG_LEVEL: "warn",
    PUBLIC_URL: `http://127.0.0.1:${port}`,
  };
  const logFile = join(benchFolder, `${main}.log`);
  return startApp({ main, args, command, env: { ...own, ...env }, port, logFile });
}
