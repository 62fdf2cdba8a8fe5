import type { Subprocess } from "bun";
import type { Binaries } from "./binary.ts";
import type { ServiceName } from "./service.ts";
import type { State } from "./state.ts";

/** How one private instance is configured, started and recognised in the process table. */
export interface PrivateService {
  readonly name: ServiceName;
  readonly ports: readonly (keyof State["ports"])[];
  /** What it is started with. */
  binaries(state: State): Binaries;
  url(state: State): string;
  /** Text found in the command line of the server, and of nothing else on the machine. */
  marker(state: State): string;
  /** The same for processes that may outlive the server: orphaned backends, the name daemon. */
  companions(state: State): string[];
  readonly stopSignal: "SIGTERM" | "SIGINT";
  start(state: State, binaries: Binaries): Promise<Subprocess>;
  /** Restarts companions that a running server needs. */
  repair?(state: State, binaries: Binaries): Promise<void>;
  /** Brings accounts and databases to what they should be; throws while the server does not answer. */
  settle?(state: State): Promise<void>;
}
