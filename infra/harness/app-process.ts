import { closeSync, openSync } from "node:fs";
import { projectFolder } from "../services/ensure-services.ts";
import { choosePort } from "../services/port.ts";
import { killOnExit } from "./kill-on-exit.ts";

export type AppProcess = ReturnType<typeof startApp>;

export interface AppOptions {
  /** `services/<main>/main.ts` of `tree`. */
  readonly main: string;
  /** Default: as its main. */
  readonly name?: string;
  readonly args?: readonly string[];
  /** A command in place of the source, such as a built binary. */
  readonly command?: readonly string[] | undefined;
  /** Folder of the source. Default: this project. */
  readonly tree?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where it serves, at least its readiness probe. Default: a free one. */
  readonly port?: number;
  /** Address it is reached at. Default: loopback. */
  readonly host?: string;
  /** Restart on a changed file. */
  readonly watch?: boolean;
  /** Where log lines go. Default: standard output. */
  readonly logs?: "inherit" | number;
  /** Takes all output instead, errors included. */
  readonly logFile?: string;
}

const readyMsMax = 60_000;
const pollMs = 20;
const requestMs = 3_000;

/** One of the system's processes, run as it is deployed. */
export function startApp(options: AppOptions) {
  const {
    main,
    name = main,
    args = [],
    tree = projectFolder,
    env,
    watch,
    logFile,
    host = "127.0.0.1",
  } = options;
  const port = options.port ?? choosePort([]);
  const portVariable = main === "worker" || main === "event-router" ? "HEALTH_PORT" : "PORT";
  const source = [process.execPath, ...(watch ? ["--watch"] : []), `services/${main}/main.ts`];
  const log = logFile === undefined ? undefined : openSync(logFile, "a");
  const child = Bun.spawn([...(options.command ?? source), ...args], {
    cwd: tree,
    env: { PATH: process.env.PATH, METRICS_PORT: "0", ...env, [portVariable]: String(port) },
    stdin: "ignore",
    stdout: log ?? options.logs ?? "inherit",
    stderr: log ?? "inherit",
  });
  if (log !== undefined) closeSync(log);
  const exited = killOnExit(child);
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  /** Sends the signal and resolves with the exit code; SIGKILL after `graceMs`. */
  const end = async (signal: "SIGTERM" | "SIGKILL", graceMs = 120_000): Promise<number> => {
    child.kill(signal);
    const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
    const code = await exited;
    clearTimeout(timer);
    return code;
  };
  const where = logFile === undefined ? "" : `; see ${logFile}`;
  return {
    name,
    pid: child.pid,
    origin: `http://${host}:${port}`,
    get isRunning() {
      return isRunning();
    },
    /** Exit code, or 128 + signal as a shell counts. */
    exited,
    /** Resolves when its readiness probe succeeds; rejects when it ends first, is aborted, or after a minute. */
    ready: async (signal?: AbortSignal): Promise<void> => {
      const deadline = performance.now() + readyMsMax;
      let problem: string | undefined;
      while (performance.now() < deadline) {
        signal?.throwIfAborted();
        if (!isRunning()) {
          throw new Error(`${name} ended with ${await exited} before it was ready${where}`);
        }
        problem = await readinessProblem(`http://${host}:${port}`);
        if (problem === undefined) return;
        await Bun.sleep(pollMs);
      }
      throw new Error(`${name} is not ready after ${readyMsMax / 1_000} s: ${problem}${where}`);
    },
    end,
    [Symbol.asyncDispose]: async () => void (await end("SIGTERM", 10_000)),
  };
}

/** Why the process is not ready; undefined when it is. */
async function readinessProblem(origin: string): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(requestMs);
    const response = await fetch(`${origin}/readyz`, { signal });
    return response.ok ? undefined : await response.text();
  } catch {
    return "no response";
  }
}
