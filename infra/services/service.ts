import type { Subprocess } from "bun";
import type { State } from "./state.ts";

export const SERVICE_NAMES = ["postgres", "redis", "rabbitmq"] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

/** The environment variable that carries each service's URL. */
export const VARIABLES = {
  postgres: "DATABASE_URL",
  redis: "REDIS_URL",
  rabbitmq: "AMQP_URL",
} as const satisfies Record<ServiceName, string>;

export type ServiceUrls = Record<(typeof VARIABLES)[ServiceName], string>;

/** Who runs the service: not us, the project's compose file, or a private instance of ours. */
export type Source = "environment" | "compose" | "private";

export type Log = (line: string) => void;

/** One private instance: how it is configured, started and recognised in the process table. */
export interface Service {
  readonly name: ServiceName;
  readonly ports: readonly (keyof State["ports"])[];
  /** Paths of the executables, or the names of those that are missing. */
  binaries(state: State): Binaries;
  url(state: State): string;
  /** Text found in the command line of the server, and of nothing else on the machine. */
  marker(state: State): string;
  /** The same for what may outlive the server: orphaned backends, the name daemon. */
  companions(state: State): string[];
  readonly stopSignal: "SIGTERM" | "SIGINT";
  start(state: State, binaries: Readonly<Record<string, string>>): Promise<Subprocess>;
  /** Puts back what else a running server needs. */
  repair?(state: State, binaries: Readonly<Record<string, string>>): Promise<void>;
  /** Brings accounts and databases to what they should be; runs when the server answers. */
  settle?(state: State): Promise<void>;
  /** Whether the server accepts connections, before `settle` has run. Default: the probe. */
  answers?(state: State): Promise<unknown>;
}

export type Binaries =
  | { readonly found: Readonly<Record<string, string>> }
  | { readonly missing: readonly string[] };
