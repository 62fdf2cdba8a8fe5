import type { Binaries } from "./binary.ts";
import { logFile, logTail } from "./daemon.ts";
import { choosePort, portIsFree } from "./port.ts";
import type { PrivateService } from "./private-service.ts";
import { probe } from "./probe.ts";
import { endProcesses, findProcesses } from "./process-table.ts";
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
  service: PrivateService,
  state: State,
  binaries: Binaries,
): Promise<boolean> {
  if (isRunning(service, state)) {
    const isAlive = () => isRunning(service, state);
    if ((await waitReady(service, state, isAlive, settleMs)) === undefined) {
      await service.repair?.(state, binaries);
      return false;
    }
    await stopInstance(service, state);
  }
  for (let attempt = 1; ; attempt++) {
    await endCompanions(service, state);
    const ports = refreshPorts(service, state);
    const failure = await start(service, state, binaries);
    if (failure === undefined) break;
    await stopInstance(service, state);
    // Only a lost race for a port is worth another try: anything else would fail the same way.
    if (attempt === attemptsMax || ports.every(portIsFree)) throw failure;
  }
  return true;
}

/** Asks the server to end, then insists. Its data stays. False when something would not end. */
export async function stopInstance(service: PrivateService, state: State): Promise<boolean> {
  const ended = await endProcesses([service.marker(state)], service.stopSignal, stopMs);
  return (await endCompanions(service, state)) && ended;
}

export function isRunning(service: PrivateService, state: State): boolean {
  return findProcesses([service.marker(state)]).length > 0;
}

async function endCompanions(service: PrivateService, state: State): Promise<boolean> {
  const markers = service.companions(state);
  return markers.length === 0 || (await endProcesses(markers, "SIGTERM", companionMs));
}

const companionMs = 3000;

function refreshPorts(service: PrivateService, state: State): number[] {
  for (const name of service.ports) {
    if (!portIsFree(state.ports[name])) state.ports[name] = choosePort(Object.values(state.ports));
  }
  writeState(state);
  return service.ports.map((name) => state.ports[name]);
}

/** Undefined once it answers; otherwise why it does not. */
async function start(service: PrivateService, state: State, binaries: Binaries): Promise<unknown> {
  try {
    const child = await service.start(state, binaries);
    const isAlive = () => child.exitCode === null && child.signalCode === null;
    const cause = await waitReady(service, state, isAlive, startMs);
    if (cause === undefined) return undefined;
    const tail = `the end of ${logFile(state, service.name)}:\n${logTail(state, service.name)}`;
    return new Error(`${service.name} does not start; ${tail}`, { cause });
  } catch (error) {
    return error;
  }
}

/** Undefined once it answers; its last failure when it has ended or the time is up. */
async function waitReady(
  service: PrivateService,
  state: State,
  isAlive: () => boolean,
  waitMs: number,
): Promise<unknown> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    try {
      await service.settle?.(state);
      await probe(service.name, service.url(state));
      return undefined;
    } catch (error) {
      if (!isAlive() || performance.now() > deadline) return error;
    }
    await Bun.sleep(pollMs);
  }
}
