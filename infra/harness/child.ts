import * as v from "valibot";
import { runtimeLimits } from "#lib/config/runtime-limits.ts";
import { withDeadline } from "#lib/process/with-deadline.ts";
import { projectFolder } from "../services/ensure-services.ts";
import { killOnExit } from "./kill-on-exit.ts";

export type Child = ReturnType<typeof startChild>;

export interface ChildOptions {
  /** Its only argument, as JSON. */
  readonly argument?: unknown;
  /** Besides the runtime limits of the system's own processes. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const receiveMsMax = 300_000;

/**
 * A process of a suite's own that exchanges messages with it; ended by disposing of it.
 *
 * @param file a program of this project, from the project's folder.
 */
export function startChild(file: string, { argument, env = {} }: ChildOptions = {}) {
  const received: unknown[] = [];
  let arrived = Promise.withResolvers<void>();
  const args = argument === undefined ? [] : [JSON.stringify(argument)];
  const child = Bun.spawn([process.execPath, file, ...args], {
    cwd: projectFolder,
    env: { PATH: process.env.PATH, ...runtimeLimits(), ...env },
    stdio: ["ignore", "inherit", "inherit"],
    ipc: (message) => {
      received.push(message);
      arrived.resolve();
    },
  });
  const exited = killOnExit(child);
  const endedEarly = exited.then(() => {
    throw new Error(`${file} ended before it had said everything`);
  });
  endedEarly.catch(() => undefined);
  return {
    pid: child.pid,
    send: (message: unknown): void => child.send(message),
    /**
     * The next message, each once and in the order in which they were sent.
     *
     * @throws Error when the process ends first, takes too long, or says something else.
     */
    receive: async <const S extends v.GenericSchema>(schema: S): Promise<v.InferOutput<S>> => {
      if (received.length === 0) {
        arrived = Promise.withResolvers();
        await withDeadline(receiveMsMax, Promise.race([arrived.promise, endedEarly]));
      }
      return v.parse(schema, received.shift());
    },
    [Symbol.asyncDispose]: async (): Promise<void> => {
      child.kill("SIGTERM");
      await exited;
    },
  };
}
