import type { Subprocess } from "bun";
import { localDefaults } from "../harness/stack.ts";
import { projectFolder } from "../services/ensure-services.ts";

/** A process of the benchmark's own that talks to it. */
export interface Child {
  readonly pid: number;
  /** Resolves with what `read` makes of the first message it knows; rejects when the process ends first. */
  message<T>(read: (message: unknown) => T | undefined): Promise<T>;
  end(): Promise<void>;
}

/** Whatever ends the benchmark ends them as well. */
const running = new Set<Subprocess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** @param file under `infra/bench`; gets `argument` as JSON */
export function startChild(file: string, argument: unknown): Child {
  const seen: unknown[] = [];
  let listeners: (() => void)[] = [];
  const child = Bun.spawn([process.execPath, `infra/bench/${file}`, JSON.stringify(argument)], {
    cwd: projectFolder,
    env: { PATH: process.env.PATH, ...localDefaults },
    stdio: ["ignore", "inherit", "inherit"],
    ipc: (message) => {
      seen.push(message);
      for (const listener of listeners) listener();
    },
  });
  running.add(child);
  const exited = child.exited.finally(() => running.delete(child));
  return {
    pid: child.pid,
    message: (read) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const known = seen.map(read).find((one) => one !== undefined);
          if (known !== undefined) resolve(known);
        };
        listeners = [...listeners, look];
        look();
        exited.then(() => reject(new Error(`${file} ended before it had said what it should`)));
      }),
    end: async () => {
      child.kill("SIGTERM");
      await exited;
    },
  };
}
