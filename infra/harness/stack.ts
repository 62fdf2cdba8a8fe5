import type { Subprocess } from "bun";
import { projectFolder } from "../services/ensure-services.ts";
import { choosePort } from "../services/port.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Stack {
  /** Origin of the edge process. */
  readonly origin: string;
  /** Resolves when a process of the stack ends by itself. */
  readonly ended: Promise<{ readonly name: string; readonly code: number }>;
  /** SIGTERM, and SIGKILL for what outlives the grace period. */
  stop(): Promise<void>;
}

export interface StackOptions {
  /** The environment both processes get. */
  readonly env: Environment;
  /** Restart on a changed file. */
  readonly watch?: boolean;
  /** Where the processes' log lines go. */
  readonly logs: "inherit" | "ignore" | number;
  /** The worker's command, when it is not to run from source. */
  readonly worker?: readonly string[];
}

const readyDeadlineMs = 30_000;
const pollMs = 50;
const stopGraceMs = 10_000;

/** Starts edge and worker as users would, and resolves when both are ready. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { env, watch = false, logs } = options;
  const port = env.PORT || String(choosePort([]));
  const healthPort = env.HEALTH_PORT || String(choosePort([Number(port)]));
  const full = { ...env, PORT: port, HEALTH_PORT: healthPort };
  const fromSource = (main: string) => [process.execPath, ...(watch ? ["--watch"] : []), main];
  const run = (name: string, command: readonly string[]) => ({
    name,
    child: Bun.spawn([...command], {
      cwd: projectFolder,
      env: full,
      stdin: "ignore",
      stdout: logs,
      stderr: "inherit",
    }),
  });
  const processes = [
    run("edge", fromSource("services/edge/main.ts")),
    run("worker", options.worker ?? fromSource("services/worker/main.ts")),
  ];
  const ended = Promise.race(
    processes.map(async ({ name, child }) => ({ name, code: await child.exited })),
  );
  const stop = () => stopAll(processes.map(({ child }) => child));
  try {
    const early = ended.then(({ name, code }) => {
      throw new Error(`${name} ended with exit code ${code} before it was ready`);
    });
    const ready = Promise.all([port, healthPort].map((one) => untilReady(one)));
    await Promise.race([ready, early]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { origin: `http://127.0.0.1:${port}`, ended, stop };
}

/**
 * Settings every process of a local stack shares: a caller is who it says it is, and what Bun reads
 * when it starts. It runs 256 requests at once by itself, far below what a worker keeps in flight; and it
 * takes its time to collect garbage as if it had the whole machine: a busy worker's memory is half as
 * large again.
 */
export const localDefaults = {
  AUTH_MODE: "dev",
  // Some shells have `production`, which refuses it.
  NODE_ENV: "development",
  BUN_CONFIG_MAX_HTTP_REQUESTS: "65336",
  BUN_JSC_forceRAMSize: "1000000000",
} as const;

async function untilReady(port: string): Promise<void> {
  const deadline = Date.now() + readyDeadlineMs;
  let last = "no answer";
  while (Date.now() < deadline) {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/readyz`);
      if (response.ok) return;
      last = await response.text();
    } catch {
      last = "no answer";
    }
    await Bun.sleep(pollMs);
  }
  throw new Error(`port ${port} is not ready after ${readyDeadlineMs / 1000} s: ${last}`);
}

async function stopAll(children: readonly Subprocess[]): Promise<void> {
  for (const child of children) child.kill("SIGTERM");
  const all = Promise.all(children.map((child) => child.exited));
  const timer = setTimeout(() => {
    for (const child of children) child.kill("SIGKILL");
  }, stopGraceMs);
  await all;
  clearTimeout(timer);
}
