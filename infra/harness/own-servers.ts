import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { migrate } from "#lib/db/migrate.ts";
import { ensureServices, projectFolder, takeDown } from "../services/ensure-services.ts";
import { acquireLock } from "../services/lock.ts";
import { PRIVATE } from "../services/private.ts";
import { findProcesses, signalProcesses } from "../services/process-table.ts";
import { rabbitmqctl } from "../services/rabbitmq.ts";
import type { ServiceName, ServiceUrls } from "../services/service.ts";
import { readState } from "../services/state.ts";
import { unlessAborted } from "./interruptible.ts";

/** Everything that the suites that break servers write: data of the servers, photos, logs, patched trees. */
export const chaosFolder = join(projectFolder, ".local/chaos");

/** Logs of the run before. Call with the folder's lock held. */
export function removeLogs(): void {
  rmSync(join(chaosFolder, "logs"), { recursive: true, force: true });
}

export type OwnServers = Awaited<ReturnType<typeof bringUpOwn>>;

/** Runs a suite on migrated servers of its own, which are stopped at its end, also when it is interrupted. */
export async function withOwnServers<T>(
  folder: string,
  signal: AbortSignal,
  run: (servers: OwnServers) => Promise<T>,
): Promise<T> {
  const servers = await bringUpOwn(folder, console.error, signal);
  try {
    await migrate(servers.urls.DATABASE_URL);
    return await unlessAborted(signal, run(servers));
  } finally {
    await servers.stop();
  }
}

/**
 * PostgreSQL, Redis and RabbitMQ of a suite's own, which it may wipe and kill, in a folder of their own. Waits
 * for another run that uses the folder to end: each would break the servers of the other.
 */
export async function bringUpOwn(
  folder: string,
  log: (line: string) => void,
  signal?: AbortSignal,
) {
  mkdirSync(folder, { recursive: true });
  const lock = await acquireLock(folder, log, signal);
  // No environment: the services it names are never these.
  const options = { project: folder, env: {}, log };
  let services = await ensureServices({ ...options, signal });
  const startedHere = services.started;
  const state = () => {
    const found = readState(folder);
    if (!found) throw new Error("the servers have no state");
    return found;
  };
  const markers = (name: ServiceName) => [PRIVATE[name].marker(state())];
  return {
    get urls(): ServiceUrls {
      return services.urls;
    },
    /** Of the process that all others of the server descend from. */
    pid: (name: ServiceName): number | undefined => findProcesses(markers(name))[0]?.pid,
    /** Asks the broker by `rabbitmqctl`. */
    rabbitmqctl: (...args: string[]): Promise<void> => rabbitmqctl(state(), args),
    /** SIGKILL; nothing restarts it. */
    kill: (name: ServiceName): void => signalProcesses(markers(name), "SIGKILL"),
    /** Starts those that do not run, perhaps on other ports, and resolves when all three answer. */
    restart: async (): Promise<void> => {
      services = await ensureServices({ ...options, log: () => undefined });
    },
    /** Stops what this run has started; data stays. */
    stop: async (): Promise<void> => {
      if (startedHere) await takeDown(options);
      lock[Symbol.dispose]();
    },
  };
}
