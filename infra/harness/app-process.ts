import { closeSync, openSync } from "node:fs";
import type { Subprocess } from "bun";

/** One of the system's processes, as it is deployed; for suites that measure or break it. */
export interface AppProcess {
  readonly name: string;
  readonly pid: number;
  /** Where it answers. */
  readonly origin: string;
  readonly isRunning: boolean;
  /** Resolves when it answers its readiness probe. */
  ready(): Promise<void>;
  /** Exit code, or 128 + signal as a shell counts. */
  readonly exited: Promise<number>;
  /** Sends the signal and resolves with the exit code; SIGKILL after `graceMs`. */
  end(signal: "SIGTERM" | "SIGKILL", graceMs?: number): Promise<number>;
}

export interface AppOptions {
  readonly name: string;
  /** `services/<main>/main.ts` of `tree`. */
  readonly main: "edge" | "worker" | "events" | "gatekeeper";
  readonly args?: readonly string[];
  readonly tree: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Port of its readiness probe. */
  readonly port: number;
  readonly logFile: string;
}

/** Whatever ends the suite ends them as well. */
const running = new Set<Subprocess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

const readyDeadlineMs = 30_000;
const pollMs = 20;

export function startApp(options: AppOptions): AppProcess {
  const { name, main, args = [], tree, env, port, logFile } = options;
  const log = openSync(logFile, "a");
  const child = Bun.spawn([process.execPath, `services/${main}/main.ts`, ...args], {
    cwd: tree,
    env: { PATH: process.env.PATH, ...env },
    stdin: "ignore",
    stdout: log,
    stderr: log,
  });
  closeSync(log);
  running.add(child);
  const exited = child.exited.finally(() => running.delete(child));
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  return {
    name,
    pid: child.pid,
    origin: `http://127.0.0.1:${port}`,
    get isRunning() {
      return isRunning();
    },
    exited,
    ready: async () => {
      const deadline = performance.now() + readyDeadlineMs;
      while (performance.now() < deadline) {
        if (!isRunning()) throw new Error(`${name} ended before it was ready; see ${logFile}`);
        if (await answersReady(port)) return;
        await Bun.sleep(pollMs);
      }
      throw new Error(`${name} is not ready after ${readyDeadlineMs / 1_000} s; see ${logFile}`);
    },
    end: async (signal, graceMs = 120_000) => {
      child.kill(signal);
      const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
      const code = await exited;
      clearTimeout(timer);
      return code;
    },
  };
}

async function answersReady(port: number): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(3_000);
    return (await fetch(`http://127.0.0.1:${port}/readyz`, { signal })).ok;
  } catch {
    return false;
  }
}
