import { join } from "node:path";
import { startApp } from "../harness/app-process.ts";
import { localDefaults } from "../harness/stack.ts";
import { projectFolder } from "../services/ensure-services.ts";
import { choosePort } from "../services/port.ts";
import type { ServiceUrls } from "../services/service.ts";
import { benchFolder } from "./servers.ts";

export interface EventsServer {
  readonly pid: number;
  readonly port: number;
  stop(): Promise<unknown>;
}

/** With nothing to serve, a process has no reason to take longer. */
const stopMs = 30_000;

/**
 * The event streams as a process of their own, as under Kubernetes: in edge, what other requests leave
 * in memory would count as theirs.
 */
export async function startEventsServer(urls: ServiceUrls): Promise<EventsServer> {
  const port = choosePort([]);
  const events = startApp({
    name: "events",
    main: "events",
    tree: projectFolder,
    env: {
      ...localDefaults,
      DATABASE_URL: urls.DATABASE_URL,
      REDIS_URL: urls.REDIS_URL,
      PORT: String(port),
      LOG_LEVEL: "warn",
    },
    port,
    logFile: join(benchFolder, "events.log"),
  });
  await events.ready();
  return { pid: events.pid, port, stop: () => events.end("SIGTERM", stopMs) };
}
