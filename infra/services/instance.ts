import type { Subprocess } from "bun";
import { logFile, logTail } from "./daemon.ts";
import { choosePort, portIsFree } from "./port.ts";
import { probe } from "./probe.ts";
import { endProcesses, findProcesses } from "./process-table.ts";
import type { Service } from "./service.ts";
import { type State, writeState } from "./state.ts";

const startMs = 60_000;
/** A server found running may still be booting, for a bring-up that was killed. */
const settleMs = 20_000;
const stopMs = 20_000;
const pollMs = 100;
const attemptsMax = 3;

/**
 * Makes one private instance answer. True when it had to be started.
 *
 * Whatever state a crash left: a server that runs but does not answer is replaced, its orphans are
 * ended first, and a port that someone took in the meantime is chosen anew.
 */
export async function startInstance(
  service: Service,
  state: State,
  binaries: Readonly<Record<string, string>>,
): Promise<boolean> {
  if (isRunning(service, state)) {
    if (await answersWithin(service, state, settleMs)) {
      await service.repair?.(state, binaries);
      return false;
    }
    await stopInstance(service, state);
  }
  for (let attempt = 1; ; attempt++) {
    await endCompanions(service, state);
    const ports = refreshPorts(service, state);
    const failure = await service.start(state, binaries).then(
      (child) => waitReady(service, state, child),
      (error: Error) => error,
    );
    if (failure === undefined) break;
    await stopInstance(service, state);
    // Only a lost race for a port is worth another try: anything else would fail the same way.
    if (attempt === attemptsMax || ports.every(portIsFree)) throw failure;
  }
  return true;
}

/** Asks the server to end, then insists. Its data stays. False when something would not end. */
export async function stopInstance(service: Service, state: State): Promise<boolean> {
  const ended = await endProcesses([service.marker(state)], service.stopSignal, stopMs);
  return (await endCompanions(service, state)) && ended;
}

export function isRunning(service: Service, state: State): boolean {
  return findProcesses([service.marker(state)]).length > 0;
}

async function endCompanions(service: Service, state: State): Promise<boolean> {
  const markers = service.companions(state);
  return markers.length === 0 || (await endProcesses(markers, "SIGTERM", companionMs));
}

const companionMs = 3000;

function refreshPorts(service: Service, state: State): number[] {
  for (const name of service.ports) {
    if (!portIsFree(state.ports[name])) state.ports[name] = choosePort(Object.values(state.ports));
  }
  writeState(state);
  return service.ports.map((name) => state.ports[name]);
}

async function waitReady(
  service: Service,
  state: State,
  child: Subprocess,
): Promise<Error | undefined> {
  const deadline = performance.now() + startMs;
  let last: unknown;
  while (performance.now() < deadline) {
    try {
      await answer(service, state);
      return undefined;
    } catch (error) {
      last = error;
    }
    if (child.exitCode !== null || child.signalCode !== null) break;
    await Bun.sleep(pollMs);
  }
  return new Error(
    `${service.name} does not start; the end of ${logFile(state, service.name)}:\n` +
      logTail(state, service.name),
    { cause: last },
  );
}

async function answersWithin(service: Service, state: State, waitMs: number): Promise<boolean> {
  const deadline = performance.now() + waitMs;
  while (isRunning(service, state)) {
    const answered = await answer(service, state).then(
      () => true,
      () => false,
    );
    if (answered || performance.now() > deadline) return answered;
    await Bun.sleep(pollMs);
  }
  return false;
}

async function answer(service: Service, state: State): Promise<void> {
  await service.answers?.(state);
  await service.settle?.(state);
  await probe(service.name, service.url(state));
}
