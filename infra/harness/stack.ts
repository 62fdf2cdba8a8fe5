import { choosePort } from "../services/port.ts";
import { startApp } from "./app-process.ts";

/** Edge and worker, as every deployment has them. */
export interface Stack {
  /** Of the edge process. */
  readonly origin: string;
  /** Resolves when one of the two ends by itself. */
  readonly ended: Promise<{ readonly name: string; readonly code: number }>;
  /** SIGTERM, and SIGKILL for a process that outlives the grace period. */
  stop(): Promise<void>;
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
}

const stopGraceMs = 10_000;

/** Resolves when both are ready. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { env, watch = false, logs = "inherit" } = options;
  const port = Number(env.PORT) || choosePort([]);
  const healthPort = Number(env.HEALTH_PORT) || choosePort([port]);
  const shared = {
    env: { ...env, PORT: String(port), HEALTH_PORT: String(healthPort) },
    watch,
    stdout: logs,
  };
  const edge = startApp({ ...shared, name: "edge", main: "edge", port });
  const command = options.worker;
  const worker = startApp({ ...shared, name: "worker", main: "worker", port: healthPort, command });
  const both = [edge, worker];
  const ended = Promise.race(both.map(async ({ name, exited }) => ({ name, code: await exited })));
  const stop = async (): Promise<void> => {
    await Promise.all(both.map((app) => app.end("SIGTERM", stopGraceMs)));
  };
  try {
    await Promise.all(both.map((app) => app.ready()));
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
