import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { until } from "#lib/testing/until.ts";
import { projectFolder } from "../local/ensure-services.ts";
import { choosePort } from "../local/port.ts";
import type { ServiceUrls } from "../local/service.ts";
import { localDefaults } from "../local/stack.ts";
import { benchFolder } from "./servers.ts";

export interface EventsServer {
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * The event streams as a process of their own, as under Kubernetes: in edge, what other requests leave
 * in memory would count as theirs.
 */
export async function startEventsServer(urls: ServiceUrls): Promise<EventsServer> {
  const port = choosePort([]);
  const logFile = join(benchFolder, "events.log");
  const log = openSync(logFile, "a");
  const child = Bun.spawn([process.execPath, "services/events/main.ts"], {
    cwd: projectFolder,
    env: {
      PATH: process.env.PATH,
      ...localDefaults,
      DATABASE_URL: urls.DATABASE_URL,
      REDIS_URL: urls.REDIS_URL,
      PORT: String(port),
      LOG_LEVEL: "warn",
    },
    stdin: "ignore",
    stdout: log,
    stderr: log,
  });
  closeSync(log);
  const kill = () => child.kill("SIGKILL");
  process.on("exit", kill);
  const stop = async () => {
    child.kill("SIGTERM");
    const timer = setTimeout(kill, 30_000);
    await child.exited;
    clearTimeout(timer);
    process.off("exit", kill);
  };
  const isReady = async () => {
    if (child.exitCode !== null) return "ended";
    return (await fetch(`http://127.0.0.1:${port}/readyz`)).ok && "ready";
  };
  if ((await until(isReady)) === "ended") throw new Error(`events did not start; see ${logFile}`);
  return { pid: child.pid, port, stop };
}
