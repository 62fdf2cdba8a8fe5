import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { migrate } from "#lib/db/migrate.ts";
import { ensureServices, projectFolder } from "../services/ensure-services.ts";
import { acquireLock } from "../services/lock.ts";
import { PRIVATE } from "../services/private.ts";
import { findProcesses, type RunningProcess, signalProcess } from "../services/process-table.ts";
import { rabbitmqctl } from "../services/rabbitmq.ts";
import type { ServiceName, ServiceUrls } from "../services/service.ts";
import { readState } from "../services/state.ts";
import { takeDown } from "../services/take-down.ts";

/** Everything that the suites that break servers write: data of the servers, photos, logs, patched trees. */
export const chaosFolder = join(projectFolder, ".local/chaos");

/** PostgreSQL, Redis and RabbitMQ of a suite's own, which it may wipe and kill. */
export interface OwnServers {
  readonly urls: ServiceUrls;
  /** The server's own processes, oldest first. */
  processes(name: ServiceName): RunningProcess[];
  /** Asks the broker by `rabbitmqctl`. */
  rabbitmqctl(...args: string[]): Promise<void>;
  /** SIGKILL; nothing restarts it. */
  kill(name: ServiceName): void;
  /** Starts those that do not run, perhaps on other ports, and resolves when all three answer. */
  restart(): Promise<void>;
  /** Stops what this run has started; data stays. */
  stop(): Promise<void>;
}

/**
 * Runs a suite on migrated servers of its own, and stops them at its end or at a signal, also while they are
 * still being started. What the suite has started besides ends with this process.
 */
export async function withOwnServers<T>(
  folder: string,
  run: (servers: OwnServers) => Promise<T>,
): Promise<T> {
  const bringingUp = bringUpOwn(folder, console.error);
  const stop = async (code: number): Promise<never> => {
    const servers = await bringingUp.catch(() => undefined);
    await servers?.stop();
    process.exit(code);
  };
  process.once("SIGINT", () => void stop(130));
  process.once("SIGTERM", () => void stop(143));
  const servers = await bringingUp;
  try {
    await migrate(servers.urls.DATABASE_URL);
    return await run(servers);
  } finally {
    await servers.stop();
  }
}

/**
 * Brings them up in a folder of their own. Waits for another run that uses the folder to end: each would
 * break the servers of the other.
 */
export async function bringUpOwn(folder: string, log: (line: string) => void): Promise<OwnServers> {
  mkdirSync(folder, { recursive: true });
  const release = await acquireLock(folder, log);
  // No environment: the services it names are never these.
  const options = { project: folder, env: {}, log };
  let services = await ensureServices(options);
  const startedHere = services.started;
  const state = () => {
    const found = readState(folder);
    if (!found) throw new Error("the servers have no state");
    return found;
  };
  const processes = (name: ServiceName): RunningProcess[] => {
    const found = findProcesses([PRIVATE[name].marker(state())]);
    return found.toSorted((a, b) => Number(a.startedAt) - Number(b.startedAt));
  };
  return {
    get urls() {
      return services.urls;
    },
    processes,
    rabbitmqctl: (...args) => rabbitmqctl(state(), args),
    kill: (name) => {
      for (const found of processes(name)) signalProcess(found, "SIGKILL");
    },
    restart: async () => {
      services = await ensureServices({ ...options, log: () => undefined });
    },
    stop: async () => {
      if (startedHere) await takeDown(options);
      release();
    },
  };
}
