import { ConfigError } from "#lib/config/load-config.ts";
import { createLogger, type Logger } from "#lib/log/logger.ts";

/** SIGTERM to exit. Below Kubernetes' usual 30 s less a margin; the worker asks for more. */
const stopDeadlineDefaultMs = 25_000;

/** A backing service that cannot be used at boot. Its message names the variable to look at. */
export class BootError extends Error {
  override readonly name = "BootError";
}

export interface ProcessScope {
  /** Runs at stop, last registered first. */
  onStop(name: string, close: () => unknown): void;
  /** True from the first stop signal on: readiness fails, no new work is taken. */
  readonly stopping: boolean;
}

/**
 * Runs one process from boot to exit. `start` resolves when the process is ready. The first SIGTERM
 * or SIGINT closes everything in reverse order and exits 0; a second signal, or a close that outlives
 * the deadline, exits 1. A failed boot exits 1 with one clear line.
 */
export async function runProcess(
  name: string,
  start: (scope: ProcessScope) => Promise<void>,
  { stopDeadlineMs = stopDeadlineDefaultMs, log = createLogger(name) } = {},
): Promise<void> {
  const scope = new Scope(log);
  const stop = async (signal: string): Promise<void> => {
    if (scope.stopping) process.exit(1);
    log.info("stopping", { signal });
    setTimeout(() => {
      log.error("stop deadline passed", { deadline_ms: stopDeadlineMs, pending: scope.pending });
      process.exit(1);
    }, stopDeadlineMs).unref();
    await scope.close();
    log.info("stopped");
    process.exit(0);
  };
  process.on("SIGTERM", () => void stop("SIGTERM"));
  process.on("SIGINT", () => void stop("SIGINT"));
  // A process in an unknown state must not go on acknowledging work.
  process.on("unhandledRejection", (error) => crash(log, "unhandled rejection", error));
  process.on("uncaughtException", (error) => crash(log, "uncaught exception", error));
  try {
    await start(scope);
    log.info("ready");
  } catch (error) {
    if (error instanceof ConfigError || error instanceof BootError) {
      process.stderr.write(`${name}: ${error.message}\n`);
      process.exit(1);
    }
    crash(log, "boot failed", error);
  }
}

class Scope implements ProcessScope {
  readonly #closers: { name: string; close: () => unknown }[] = [];
  readonly #log: Logger;
  stopping = false;
  pending: string | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  onStop(name: string, close: () => unknown): void {
    this.#closers.push({ name, close });
  }

  async close(): Promise<void> {
    this.stopping = true;
    for (const { name, close } of this.#closers.toReversed()) {
      this.pending = name;
      // One failed close must not keep the others from closing.
      await Promise.resolve()
        .then(close)
        .catch((error: unknown) => this.#log.warn("close failed", { part: name, error }));
    }
  }
}

function crash(log: Logger, message: string, error: unknown): void {
  log.error(message, { error });
  process.exit(1);
}
