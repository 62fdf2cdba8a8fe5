import { mkdirSync } from "node:fs";
import { ensureServices } from "../services/ensure-services.ts";
import { withLock } from "../services/lock.ts";
import { privateMarker } from "../services/private.ts";
import { findProcesses, type RunningProcess } from "../services/process-table.ts";
import type { ServiceName, ServiceUrls } from "../services/service.ts";
import { readState } from "../services/state.ts";
import { takeDown } from "../services/take-down.ts";

/** PostgreSQL, Redis and RabbitMQ of a suite's own, whose data and lives are its to take. */
export interface OwnServers {
  readonly urls: ServiceUrls;
  /** The server's own processes, oldest first. */
  processes(name: ServiceName): RunningProcess[];
  /** Starts whatever does not run, and resolves when all three answer. */
  revive(): Promise<void>;
  /** Stops what this run has started; data stays. */
  stop(): Promise<void>;
}

/**
 * Brings them up in a folder of their own. Waits for another run that has them to end: two would break
 * each other's.
 */
export async function bringUpOwn(folder: string, log: (line: string) => void): Promise<OwnServers> {
  mkdirSync(folder, { recursive: true });
  const release = await holdLock(folder, log);
  // No environment: the services it names are never these.
  const options = { project: folder, env: {}, log };
  let services = await ensureServices(options);
  const startedHere = services.started;
  return {
    get urls() {
      return services.urls;
    },
    processes: (name) => {
      const state = readState(folder);
      if (!state) throw new Error("the servers have no state");
      const found = findProcesses([privateMarker(name, state)]);
      return found.toSorted((a, b) => Number(a.startedAt) - Number(b.startedAt));
    },
    revive: async () => {
      services = await ensureServices({ ...options, log: () => undefined });
    },
    stop: async () => {
      if (startedHere) await takeDown(options);
      release();
    },
  };
}

async function holdLock(folder: string, log: (line: string) => void): Promise<() => void> {
  const held = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const lock = withLock(folder, log, () => {
    held.resolve();
    return released.promise;
  });
  await Promise.race([held.promise, lock]);
  return released.resolve;
}
