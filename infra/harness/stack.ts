import { choosePort } from "../services/port.ts";
import { type AppOptions, startApp } from "./app-process.ts";

export interface StackOptions extends Pick<AppOptions, "env" | "watch" | "logs" | "logFile"> {
  /** The worker's command, when it is not to run from source. */
  readonly worker?: readonly string[] | undefined;
  /** Default: 10 s, for those who rather lose a paid call than wait for it. */
  readonly stopGraceMs?: number;
  /** Aborted, a stack that is not ready yet is stopped. */
  readonly signal?: AbortSignal;
}

/**
 * Edge and worker, as every deployment has them. Their ports are the environment's, else free ones
 * (`METRICS_PORT` is edge's, and the next one the worker's); resolves
 * when both are ready.
 */
export async function startStack(options: StackOptions) {
  const { env, worker: command, stopGraceMs = 10_000, signal, ...rest } = options;
  const port = Number(env.PORT) || choosePort([]);
  const healthPort = Number(env.HEALTH_PORT) || choosePort([port]);
  const metricsPort = Number(env.METRICS_PORT ?? 0);
  const shared = (metricsPort: number) => {
    return { ...rest, env: { ...env, PORT: String(port), METRICS_PORT: String(metricsPort) } };
  };
  const edge = startApp({ ...shared(metricsPort), main: "edge", port });
  const ofWorker = shared(metricsPort && metricsPort + 1);
  const worker = startApp({ ...ofWorker, main: "worker", port: healthPort, command });
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
  return {
    /** Of the edge process. */
    origin: edge.origin,
    /** Resolves when one of the two ends by itself. */
    ended,
    /**
     * SIGTERM, and SIGKILL for a process that outlives the grace period. Resolves with the exit code
     * of one that failed, else 0.
     */
    stop,
  };
}

/** For a load of few users, all from one address: a limit would hide what is tested. */
export const noLimits = {
  SIGN_INS_PER_MINUTE_PER_IP: "0",
  SCANS_IN_FLIGHT_PER_USER: "0",
  CHATS_IN_FLIGHT_PER_USER: "0",
  SUBMITS_PER_MINUTE_PER_USER: "0",
  MESSAGES_PER_MINUTE_PER_USER: "0",
  UPLOADS_PER_DAY_PER_USER: "0",
  UPLOAD_MB_PER_DAY_PER_USER: "0",
} as const;

/** Settings that all local processes share. Callers are who they say they are (`AUTH_MODE=dev`). */
export const localDefaults = {
  AUTH_MODE: "dev",
  // `NODE_ENV=production`, which some shells export, refuses AUTH_MODE=dev.
  NODE_ENV: "development",
  // A developer's receiver is on this machine.
  WEBHOOK_LOOPBACK: "allow",
} as const;
