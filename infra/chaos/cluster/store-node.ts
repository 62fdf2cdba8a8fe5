import { chownSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Subprocess } from "bun";
import { chaosFolder } from "../../harness/own-servers.ts";
import { type Machine, nobody } from "./machines.ts";

export const serverLogs = join(chaosFolder, "logs/servers");

/** One server of a store, on one machine. */
export interface StoreNode {
  readonly machine: Machine;
  start(): void | Promise<void>;
  /** SIGKILL of the server alone. */
  kill(): Promise<void>;
  /** As an operator's rolling restart stops it: in order. */
  stop(): Promise<void>;
}

/** A server that is started and ended, and whose files lie in a folder of its own. */
export class Server {
  readonly machine: Machine;
  readonly folder: string;
  readonly #logFile: string;
  #child: Subprocess | undefined;

  constructor(machine: Machine, name: string, folder: string) {
    this.machine = machine;
    this.folder = join(folder, machine.name, name);
    this.#logFile = join(serverLogs, `${machine.name}-${name}.log`);
    mkdirSync(this.folder, { recursive: true });
    chownSync(this.folder, nobody, nobody);
  }

  write(name: string, text: string, mode = 0o644): void {
    writeFileSync(join(this.folder, name), text, { mode });
  }

  spawn(argv: readonly string[], env: Readonly<Record<string, string>> = {}): void {
    this.#child = this.machine.spawn(argv, { env, cwd: this.folder, logFile: this.#logFile });
  }

  run(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
    return this.machine.run(argv, { env, cwd: this.folder });
  }

  /** What it has printed, in all its lives. */
  get log(): string {
    return readFileSync(this.#logFile, "latin1");
  }

  get isRunning(): boolean {
    const child = this.#child;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  async end(signal: "SIGKILL" | "SIGTERM" | "SIGINT"): Promise<void> {
    this.#child?.kill(signal);
    await this.#child?.exited;
  }
}
