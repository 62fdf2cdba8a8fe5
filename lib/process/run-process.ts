import type * as v from "valibot";
import { readCommandLine } from "#lib/cli/run-command.ts";
import { ConfigError, loadConfig } from "#lib/config/load-config.ts";
import { Fault } from "#lib/error/fault.ts";
import { createLogger, type Logger, type LogLevel } from "#lib/log/logger.ts";

/** SIGTERM to exit. Below Kubernetes' usual 30 s less a margin; the worker asks for more. */
export const stopDeadlineDefaultMs = 25_000;

/** Ctrl-C reaches a whole process group, and a supervisor in it passes it on: that is one request. */
const sameSignalDefaultMs = 1_000;

/** After the process's name: what each one takes. */
export const processUsage = `[--help] [--version]
  Is configured by environment variables: the table under "Configuration" in README.md names them.`;

/** Something the process needs cannot be used at boot. Its message names the variable to look at. */
export class BootError extends Error {
  override readonly name = "BootError";
  /** Whether it may be there in a while, by itself: who refuses, goes on refusing. */
  readonly mayPass: boolean;

  constructor(message: string, { mayPass = false, ...options }: BootErrorOptions = {}) {
    super(message, options);
    this.mayPass = mayPass;
  }
}
type BootErrorOptions = ErrorOptions & { readonly mayPass?: boolean };

const bootRetryMs = 1_000;

/** What every process's configuration has; seconds. */
interface ProcessConfig {
  readonly LOG_LEVEL: LogLevel;
  readonly BOOT_WAIT_S?: number;
  readonly STOP_WAIT_S?: number;
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
  readonly OTEL_TRACES_SAMPLER_ARG?: number;
}

export interface ProcessScope {
  /** Runs at stop, last registered first. */
  onStop(name: string, close: () => unknown): void;
  /** True from the first stop signal on: readiness fails, no new work is taken. */
  readonly stopping: boolean;
}

/**
 * Runs one process from configuration to exit. `start` resolves when the process is ready. The first SIGTERM
 * or SIGINT fails readiness, goes on for `STOP_WAIT_S`, closes everything in reverse order and exits 0; a signal
 * after that, or a close that outlives the deadline, exits 1. A failed boot exits 1 with one clear line; what may
 * pass is tried again for `BOOT_WAIT_S`, everything that was opened being closed before. Its command line has
 * `--help` and `--version`; a process that takes more has read its own, and passes no `args`.
 */
export async function runProcess<const S extends v.GenericSchema<unknown, ProcessConfig>>(
  name: string,
  schema: S,
  start: (given: { config: v.InferOutput<S>; log: Logger; scope: ProcessScope }) => Promise<void>,
  {
    stopDeadlineMs = stopDeadlineDefaultMs,
    sameSignalMs = sameSignalDefaultMs,
    args = process.argv.slice(2),
  } = {},
): Promise<void> {
  readCommandLine({ name, usage: `usage: ${name} ${processUsage}`, options: {} }, args);
  const config = configure(name, schema);
  const log = createLogger(name, config.LOG_LEVEL);
  const scope = new Scope(log);
  const bootEndsAt = performance.now() + (config.BOOT_WAIT_S ?? 0) * 1_000;
  let isReady = false;
  let stoppedAt: number | undefined;
  const stop = async (signal: string): Promise<void> => {
    if (stoppedAt !== undefined) {
      if (performance.now() - stoppedAt >= sameSignalMs) process.exit(1);
      return;
    }
    stoppedAt = performance.now();
    const waitS = isReady ? (config.STOP_WAIT_S ?? 0) : 0;
    log.info("stopping", { signal, ...(waitS > 0 ? { serving_for_s: waitS } : {}) });
    scope.stopping = true;
    // Holds the process: with nothing else alive, a close that hangs would end it with exit code 0.
    setTimeout(() => {
      log.error("stop deadline passed", { deadline_ms: stopDeadlineMs, pending: scope.pending });
      process.exit(1);
    }, stopDeadlineMs);
    await Bun.sleep(waitS * 1_000);
    await scope.close();
    log.info("stopped");
    process.exit(0);
  };
  process.on("SIGTERM", () => void stop("SIGTERM"));
  process.on("SIGINT", () => void stop("SIGINT"));
  // A process in an unknown state must not go on acknowledging work.
  process.on("unhandledRejection", (error) => crash(log, "unhandled rejection", error));
  process.on("uncaughtException", (error) => crash(log, "uncaught exception", error));
  for (let isWaiting = false; !isReady; ) {
    try {
      await startTracing(name, config, scope);
      await start({ config, log, scope });
      isReady = true;
      if (!scope.stopping) log.info("ready");
    } catch (error) {
      // A signal during the boot closes what the boot is still using: it is a stop, not a failure.
      if (scope.stopping) return;
      if (!mayPass(error) || performance.now() >= bootEndsAt) {
        if (error instanceof BootError || error instanceof ConfigError) refuse(name, error);
        crash(log, "boot failed", error);
      }
      if (!isWaiting) log.warn("waiting for backing services", { error });
      isWaiting = true;
      await scope.close();
      await Bun.sleep(bootRetryMs);
      if (scope.stopping) return;
    }
  }
}

/** A store that was there when it was connected to may be away at the next step of the boot. */
function mayPass(error: unknown): boolean {
  if (error instanceof BootError) return error.mayPass;
  return error instanceof Fault && error.code === "UNAVAILABLE";
}

/** First, so that it ends last: how a process drains is traced as well. */
async function startTracing(
  name: string,
  config: ProcessConfig,
  scope: ProcessScope,
): Promise<void> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_SAMPLER_ARG: ratio = 0 } = config;
  if (endpoint === undefined) return;
  const { exportSpans } = await import("#lib/trace/export-spans.ts");
  scope.onStop("traces", exportSpans(name, { endpoint, ratio }));
}

function configure<const S extends v.GenericSchema>(name: string, schema: S): v.InferOutput<S> {
  try {
    return loadConfig(schema);
  } catch (error) {
    if (error instanceof ConfigError) refuse(name, error);
    throw error;
  }
}

/** What an operator has to change: one plain line instead of a stack, and the same for who collects logs. */
function refuse(name: string, error: Error): never {
  createLogger(name).error("boot refused", { reason: error.message });
  process.stderr.write(`${name}: ${error.message}\n`);
  process.exit(1);
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
    for (const { name, close } of this.#closers.splice(0).toReversed()) {
      this.pending = name;
      // One failed close must not keep the others from closing.
      await Promise.resolve()
        .then(close)
        .catch((error: unknown) => this.#log.warn("close failed", { part: name, error }));
    }
  }
}

function crash(log: Logger, message: string, error: unknown): never {
  log.error(message, { error });
  process.exit(1);
}
