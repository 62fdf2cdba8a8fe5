import { existsSync } from "node:fs";
import { choosePlace } from "./account.ts";
import { canInstall, installPackages } from "./apt.ts";
import { logFile, runAs } from "./daemon.ts";
import { startInstance, stopInstance } from "./instance.ts";
import { postgresService } from "./postgres.ts";
import type { PrivateService } from "./private-service.ts";
import { rabbitmqService } from "./rabbitmq.ts";
import { redisService } from "./redis.ts";
import { type Log, SERVICE_NAMES, type ServiceName, VARIABLES } from "./service.ts";
import { createState, readState, type State, writeState } from "./state.ts";

/** How each one is run on this machine. */
export const PRIVATE: Readonly<Record<ServiceName, PrivateService>> = {
  postgres: postgresService,
  redis: redisService,
  rabbitmq: rabbitmqService,
};

/** Names of the packages, by package manager. */
const PACKAGES = {
  postgres: { brew: "postgresql@17", apt: "postgresql", dnf: "postgresql-server" },
  redis: { brew: "redis", apt: "redis-server", dnf: "redis" },
  rabbitmq: { brew: "rabbitmq", apt: "rabbitmq-server", dnf: "rabbitmq-server" },
} as const satisfies Record<ServiceName, Record<"brew" | "apt" | "dnf", string>>;

/** The project's state, made when there is none. Call with the lock held. */
export async function openState(project: string): Promise<State> {
  const state = readState(project);
  if (!state) return await newState(project);
  if (process.getuid?.() === 0 && state.account === null) {
    throw new Error(
      "the services of this project belong to an ordinary user: run this as that user",
    );
  }
  // The system may clean folders outside the project while nothing runs.
  if (!existsSync(state.home)) Object.assign(state, choosePlace(project));
  writeState(state);
  return state;
}

/** Data without its state has lost its passwords: whatever lies or runs there is ended first. */
async function newState(project: string): Promise<State> {
  const state = createState(project, choosePlace(project));
  for (const name of SERVICE_NAMES) await stopInstance(PRIVATE[name], state);
  await runAs(state, ["find", state.home, "-mindepth", "1", "-delete"], { cwd: "/" });
  writeState(state);
  return state;
}

export async function stopPrivate(name: ServiceName, state: State): Promise<void> {
  if (!(await stopInstance(PRIVATE[name], state))) {
    throw new Error(`${name} does not end; look for it with: ps -ef | grep ${state.id}`);
  }
}

/** Starts one service, when its binaries are there or once `install` has brought them. */
export async function startPrivate(
  name: ServiceName,
  state: State,
  { install, signal }: { install: Promise<void> | undefined; signal: AbortSignal | undefined },
): Promise<boolean> {
  if (missing(name, state).length > 0) await install;
  const lacking = missing(name, state);
  if (lacking.length > 0) throw new Error(missingMessage(name, lacking));
  signal?.throwIfAborted();
  const binaries = PRIVATE[name].binaries(state);
  return await startInstance(PRIVATE[name], state, { binaries, signal });
}

/** Installs, in one go, what the named services lack; undefined when there is nothing to do. */
export function installMissing(
  names: readonly ServiceName[],
  state: State,
  log: Log,
): Promise<void> | undefined {
  const lacking = names.filter((name) => missing(name, state).length > 0);
  if (lacking.length === 0 || !canInstall()) return undefined;
  const packages = lacking.map((name) => PACKAGES[name].apt);
  return installPackages(packages, log, logFile(state, "apt"));
}

/** Names of the executables that are not on this machine. */
function missing(name: ServiceName, state: State): string[] {
  const binaries = PRIVATE[name].binaries(state);
  return Object.keys(binaries).filter((one) => binaries[one] === undefined);
}

/** What to do when a service is neither given, nor in a container, nor installed. */
function missingMessage(name: ServiceName, binaries: readonly string[]): string {
  const { brew, apt, dnf } = PACKAGES[name];
  return [
    `${name}: ${binaries.join(" and ")} not found on this machine. Any one of these helps:`,
    "  any system      start Docker, then run this again",
    `  macOS           brew install ${brew}`,
    `  Debian, Ubuntu  sudo apt-get install --no-install-recommends ${apt}`,
    `  Fedora          sudo dnf install ${dnf}`,
    `  elsewhere       ${VARIABLES[name]}='…' for a server that already runs`,
  ].join("\n");
}
