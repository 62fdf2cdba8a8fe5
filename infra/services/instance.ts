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

interface StartOptions {
  readonly binaries: Binaries;
  /** Aborted, the server that is being started is stopped again. */
  readonly signal: AbortSignal | undefined;
}

interface WaitOptions extends Pick<StartOptions, "signal"> {
  readonly isAlive: () => boolean;
  readonly waitMs: number;
}

/**
 * Makes one private instance answer. True when it had to be started.
 *
 * Whatever state a crash left: a server that runs but does not answer is replaced, its orphans are
 * ended first, and a port that someone took in the meantime is chosen anew.
 */
export async function startInstance(
  service: PrivateService,
  state: State,
  { binaries, signal }: StartOptions,
): Promise<boolean> {
  if (isRunning(service, state)) {
    const isAlive = () => isRunning(service, state);
    const cause = await waitReady(service, state, { isAlive, waitMs: settleMs, signal });
    if (cause === undefined) {
      await service.repair?.(state, binaries);
      return false;
    }
    signal?.throwIfAborted();
    await stopInstance(service, state);
  }
  for (let attempt = 1; ; attempt++) {
    await endCompanions(service, state);
    const ports = refreshPorts(service, state);
    const failure = await start(service, state, { binaries, signal });
    if (failure === undefined) break;
    await stopInstance(service, state);
    // Only a lost race for a port is worth another try: anything else would fail the same way.
    if (signal?.aborted || attempt === attemptsMax || ports.every(portIsFree)) throw failure;
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
async function start(
  service: PrivateService,
  state: State,
  { binaries, signal }: StartOptions,
): Promise<unknown> {
  try {
    const child = await service.start(state, binaries);
    const isAlive = () => child.exitCode === null && child.signalCode === null;
    const cause = await waitReady(service, state, { isAlive, waitMs: startMs, signal });
    if (cause === undefined || signal?.aborted) return cause;
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
  { isAlive, waitMs, signal }: WaitOptions,
): Promise<unknown> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    try {
      await service.settle?.(state);
      await probe(service.name, service.url(state));
      return undefined;
    } catch (error) {
      if (signal?.aborted) return signal.reason;
      if (!isAlive() || performance.now() > deadline) return error;
    }
    await Bun.sleep(pollMs);
  }
}
