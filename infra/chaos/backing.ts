import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ensureServices, projectFolder } from "../local/ensure-services.ts";
import { withLock } from "../local/lock.ts";
import { privateMarker } from "../local/private.ts";
import { findProcesses, signalProcess } from "../local/process-table.ts";
import type { ServiceName, ServiceUrls } from "../local/service.ts";
import { readState } from "../local/state.ts";
import { takeDown } from "../local/take-down.ts";

/** Everything the suite writes: data of its own servers, photos, logs, patched trees. */
export const chaosFolder = join(projectFolder, ".local/chaos");

/** PostgreSQL, Redis and RabbitMQ of the suite's own, which it may kill. */
export interface Backing {
  readonly urls: ServiceUrls;
  /** SIGKILL, and nobody restarts it. */
  kill(name: ServiceName): void;
  /** Starts whatever does not run, and resolves when all three answer. */
  revive(): Promise<void>;
  /** Stops what this run has started; data stays. */
  stop(): Promise<void>;
}

/** Waits for another run of the suite to end: two would break each other's services. */
export async function bringUp(log: (line: string) => void): Promise<Backing> {
  mkdirSync(chaosFolder, { recursive: true });
  const release = await holdLock(log);
  // No environment: the services it names are never these.
  const options = { project: chaosFolder, env: {}, log };
  let services = await ensureServices(options);
  const startedHere = services.started;
  return {
    get urls() {
      return services.urls;
    },
    kill: (name) => {
      const state = readState(chaosFolder);
      if (!state) throw new Error("the suite's services have no state");
      for (const found of findProcesses([privateMarker(name, state)])) {
        signalProcess(found, "SIGKILL");
      }
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

async function holdLock(log: (line: string) => void): Promise<() => void> {
  const held = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const lock = withLock(chaosFolder, log, () => {
    held.resolve();
    return released.promise;
  });
  await Promise.race([held.promise, lock]);
  return released.resolve;
}
