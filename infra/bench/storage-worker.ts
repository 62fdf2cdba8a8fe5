import type { TaskName } from "#lib/queue/topology.ts";
import { projectFolder } from "../local/ensure-services.ts";
import { choosePort } from "../local/port.ts";
import type { ServiceUrls } from "../local/service.ts";
import { localDefaults } from "../local/stack.ts";
import type { ProcessGroup } from "./process-usage.ts";

export interface StorageWorker extends ProcessGroup {
  /** @throws Error when it ends before its queues are consumed. */
  ready(): Promise<void>;
  stop(): Promise<void>;
}

const readyDeadlineMs = 30_000;
const stopGraceMs = 10_000;
const pollMs = 20;

/** The real worker, as the deployments of it that only write grants. It consumes as soon as it is up. */
export function startStorageWorker(urls: ServiceUrls, queues: readonly TaskName[]): StorageWorker {
  const port = choosePort([]);
  const command = [process.execPath, "services/worker/main.ts", "--queues", queues.join(",")];
  const child = Bun.spawn(command, {
    cwd: projectFolder,
    env: {
      PATH: process.env.PATH,
      ...localDefaults,
      ...urls,
      HEALTH_PORT: String(port),
      LOG_LEVEL: "warn",
      REDRIVE_INTERVAL: "0",
    },
    stdin: "ignore",
    stdout: "inherit",
    stderr: "inherit",
  });
  const kill = (): void => child.kill("SIGKILL");
  process.once("exit", kill);
  return {
    name: "worker",
    pid: child.pid,
    ready: async () => {
      const deadline = performance.now() + readyDeadlineMs;
      while (performance.now() < deadline && child.exitCode === null) {
        if (await answersReady(port)) return;
        await Bun.sleep(pollMs);
      }
      throw new Error("the worker did not become ready");
    },
    stop: async () => {
      const timer = setTimeout(kill, stopGraceMs);
      child.kill("SIGTERM");
      await child.exited;
      clearTimeout(timer);
      process.off("exit", kill);
    },
  };
}

async function answersReady(port: number): Promise<boolean> {
  const asked = fetch(`http://127.0.0.1:${port}/readyz`).then(({ ok }) => ok);
  return asked.catch(() => false);
}
