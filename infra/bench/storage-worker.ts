import { join } from "node:path";
import type { TaskName } from "#lib/contract/task.ts";
import { type AppProcess, startApp } from "../harness/app-process.ts";
import { localDefaults } from "../harness/stack.ts";
import { projectFolder } from "../services/ensure-services.ts";
import { choosePort } from "../services/port.ts";
import type { ServiceUrls } from "../services/service.ts";
import { benchFolder } from "./servers.ts";

/** Nothing is in flight any more. */
export const stopMs = 10_000;

/** The real worker, as the deployments of it that only write grants. It consumes as soon as it is up. */
export function startStorageWorker(urls: ServiceUrls, queues: readonly TaskName[]): AppProcess {
  const port = choosePort([]);
  return startApp({
    name: "worker",
    main: "worker",
    args: ["--queues", queues.join(",")],
    tree: projectFolder,
    env: {
      ...localDefaults,
      ...urls,
      HEALTH_PORT: String(port),
      LOG_LEVEL: "warn",
      REDRIVE_INTERVAL: "0",
    },
    port,
    logFile: join(benchFolder, "storage-worker.log"),
  });
}
