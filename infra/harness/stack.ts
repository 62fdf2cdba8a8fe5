import { choosePort } from "../services/port.ts";
import { startApp } from "./app-process.ts";

/** Edge and worker, as every deployment has them. */
export interface Stack {
  /** Of the edge process. */
  readonly origin: string;
  /** Resolves when one of the two ends by itself. */
  readonly ended: Promise<{ readonly name: string; readonly code: number }>;
  /**
   * SIGTERM, and SIGKILL for a process that outlives the grace period. Resolves with the exit code
   * of one that failed, else 0.
   */
  stop(): Promise<number>;
}

export interface StackOptions {
  /** The environment both processes get. Default ports are free ones. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Restart on a changed file. */
  readonly watch?: boolean;
  /** Where log lines go. Default: standard output. */
  readonly logs?: "inherit" | number;
  /** The worker's command, when it is not to run from source. */
  readonly worker?: readonly string[] | undefined;
  /** Default: 10 s, for those who rather lose a paid call than wait for it. */
  readonly stopGraceMs?: number;
  /** Aborted, a stack that is not ready yet is stopped. */
  readonly signal?: AbortSignal;
}

/** Resolves when both are ready. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { env, watch = false, logs: stdout = "inherit", worker: command } = options;
  const { stopGraceMs = 10_000, signal } = options;
  const port = Number(env.PORT) || choosePort([]);
  const healthPort = Number(env.HEALTH_PORT) || choosePort([port]);
  const shared = { env: { ...env, PORT: String(port) }, watch, stdout };
  const edge = startApp({ ...shared, main: "edge", port });
  const worker = startApp({ ...shared, main: "worker", port: healthPort, command });
  const both = [edge, worker];
  const ended = Promise.race(both.map(async ({ name, exited }) => ({ name, code: await exited })));
  const stop = async (): Promise<number> => {
    const codes = await Promise.all(both.map((app) => app.end("SIGTERM", stopGraceMs)));
    return codes.find((code) => code !== 0) ?? 0;
  };
  try {
    await Promise.all(both.map((app) => app.ready(signal)));
  } catch (error) {
    await stop();
    throw error;
  }
  return { origin: edge.origin, ended, stop };
}

/** Settings that all local processes share. Callers are who they say they are (`AUTH_MODE=dev`). */
export const localDefaults = {
  AUTH_MODE: "dev",
  // `NODE_ENV=production`, which some shells export, refuses AUTH_MODE=dev.
  NODE_ENV: "development",
} as const;
