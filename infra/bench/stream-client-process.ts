import { readFileSync } from "node:fs";
import { projectFolder } from "../services/ensure-services.ts";
import type { Command, Report } from "./stream-messages.ts";

export interface ClientProcess {
  readonly pid: number;
  ask(command: Command, timeoutMs?: number): Promise<Report>;
  end(): Promise<void>;
}

const answerTimeoutMs = 120_000;

export function startClients(): ClientProcess {
  let answer = Promise.withResolvers<Report>();
  const child = Bun.spawn([process.execPath, "infra/bench/stream-clients.ts"], {
    cwd: projectFolder,
    env: { PATH: process.env.PATH },
    stdio: ["ignore", "inherit", "inherit"],
    ipc: (report: Report) => answer.resolve(report),
    onExit: () => answer.reject(new Error("the clients' process has ended")),
  });
  answer.promise.catch(() => undefined);
  const kill = () => child.kill("SIGKILL");
  process.on("exit", kill);
  return {
    pid: child.pid,
    ask: async (command, timeoutMs = answerTimeoutMs) => {
      answer = Promise.withResolvers<Report>();
      const timer = setTimeout(
        () => answer.reject(new Error(`clients: no answer to "${command.do}"`)),
        timeoutMs,
      );
      child.send(command);
      return answer.promise.finally(() => clearTimeout(timer));
    },
    end: async () => {
      answer.promise.catch(() => undefined);
      kill();
      await child.exited;
      process.off("exit", kill);
    },
  };
}

/** Besides the sockets: files of the program, and the sockets of a storm that are still closing. */
const otherFilesMax = 1_000;

/** @throws Error when this machine does not let a process have so many connections. */
export function checkFileLimit(connections: number): void {
  const limits = readFileSync("/proc/self/limits", "utf8");
  // Bun raises the soft limit to the hard one by itself.
  const hard = Number(/^Max open files\s+\d+\s+(\d+)/m.exec(limits)?.[1] ?? Number.NaN);
  if (hard < connections + otherFilesMax) {
    throw new Error(
      `${connections} streams need ${connections + otherFilesMax} open files a process, and the ` +
        `limit is ${hard}: raise it with \`ulimit -Hn\` as root`,
    );
  }
}
