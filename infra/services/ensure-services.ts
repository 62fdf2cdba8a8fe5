import { existsSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { canInstall, recoverInstallation } from "./apt.ts";
import { composeRunning, composeStop, composeUp, composeUrl, engineAnswers } from "./compose.ts";
import { runAs } from "./daemon.ts";
import { isRunning } from "./instance.ts";
import { acquireLock } from "./lock.ts";
import { installMissing, openState, PRIVATE, startPrivate, stopPrivate } from "./private.ts";
import { isAtLeast, probe, versionsMin } from "./probe.ts";
import {
  forEachService,
  type Log,
  SERVICE_NAMES,
  type ServiceName,
  type ServiceUrls,
  type Source,
  toServiceUrls,
  VARIABLES,
} from "./service.ts";
import { localFolder, readState, type State, writeState } from "./state.ts";
import { maskUrl, type Part, partUrl } from "./url.ts";

export interface ServicesOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Progress, one line at a time. Default: standard error. */
  readonly log?: Log;
  /** The folder that holds `.local` and `compose.yaml`. Default: this project. */
  readonly project?: string;
  /** Aborted, what is being started is stopped again, and the call rejects. */
  readonly signal?: AbortSignal | undefined;
}

export type Services = Awaited<ReturnType<typeof ensureServices>>;

export const projectFolder = resolve(import.meta.dir, "../..");

/**
 * Makes PostgreSQL, Redis and RabbitMQ answer: those given by the environment as they are, the rest
 * in containers where an engine answers, else as private instances under `.local`.
 *
 * All or none: when a private instance fails, what this call had started is stopped again.
 */
export async function ensureServices(options: ServicesOptions = {}) {
  const { env = process.env, log = logToStderr, project = projectFolder, signal } = options;
  const given = SERVICE_NAMES.filter((name) => env[VARIABLES[name]]);
  const ours = SERVICE_NAMES.filter((name) => !given.includes(name));
  const found = forEachService<Found>((name) => ({
    url: env[VARIABLES[name]] ?? "",
    source: "environment",
    started: false,
  }));
  const stop = async (): Promise<void> => {
    const names = SERVICE_NAMES.filter((name) => found[name].started);
    if (names.length > 0) await takeDown({ project, log, names });
    for (const name of names) found[name] = { ...found[name], started: false };
  };
  try {
    await settleAll(given.map((name) => verify(name, found[name])));
    if (ours.length > 0) {
      using _ = await acquireLock(localFolder(project), log, signal);
      await bringUp(ours, found, { project, log, signal });
    }
    await settleAll(ours.map((name) => verify(name, found[name])));
    signal?.throwIfAborted();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    urls: toServiceUrls((name) => found[name].url),
    sources: forEachService((name) => found[name].source),
    /** True when this call started at least one of them. */
    started: SERVICE_NAMES.some((name) => found[name].started),
    /** Stops what this call started, and nothing else. Data stays. */
    stop,
  };
}

/** Stops all, or some, that we ever started for this project; data stays unless `purge` is set. */
export async function takeDown({
  project = projectFolder,
  log = () => {},
  purge = false,
  names = SERVICE_NAMES,
}: Pick<ServicesOptions, "project" | "log"> & {
  readonly purge?: boolean;
  readonly names?: readonly ServiceName[];
} = {}): Promise<void> {
  if (!existsSync(join(project, ".local"))) return;
  using _ = await acquireLock(localFolder(project), log);
  const state = readState(project);
  if (state) await stopAll(names, state);
  if (state && purge && existsSync(state.home)) {
    await runAs(state, ["find", state.home, "-mindepth", "1", "-delete"], { cwd: "/" });
    rmSync(state.home, { recursive: true, force: true });
  }
  if (purge) rmSync(join(project, ".local"), { recursive: true, force: true });
}

/** The URLs of a part: its own database, Redis database and vhost, except in what was given. */
export function partUrls(
  part: Part,
  { urls, sources }: Pick<Services, "urls" | "sources">,
): ServiceUrls {
  return toServiceUrls((name) => {
    const url = urls[VARIABLES[name]];
    return sources[name] === "environment" ? url : partUrl(part, name, url);
  });
}

interface Found {
  readonly url: string;
  readonly source: Source;
  readonly started: boolean;
}
type FoundServices = Record<ServiceName, Found>;

interface BringUp {
  readonly project: string;
  readonly log: Log;
  readonly signal: AbortSignal | undefined;
}

async function bringUp(
  names: readonly ServiceName[],
  found: FoundServices,
  { project, log, signal }: BringUp,
): Promise<void> {
  if (canInstall()) await recoverInstallation();
  const state = await openState(project);
  const settled = names.some((name) => isRunning(PRIVATE[name], state));
  if (!settled && (await engineAnswers(project))) {
    await bringUpContainers(state, names, found, { log, signal });
    return;
  }
  const install = installMissing(names, state, log);
  await settleAll(
    names.map(async (name) => {
      const started = await timed(name, log, startPrivate(name, state, { install, signal }));
      found[name] = { url: PRIVATE[name].url(state), source: "private", started };
    }),
  );
}

async function bringUpContainers(
  state: State,
  names: readonly ServiceName[],
  found: FoundServices,
  { log, signal }: Omit<BringUp, "project">,
): Promise<void> {
  const { project } = state;
  log(`starting ${names.join(", ")} with docker compose`);
  const running = await composeRunning(project);
  const started = names.filter((name) => !running.includes(name));
  // Before the start, so that `down` also stops what a failed start leaves to be looked at.
  state.compose = [...new Set([...state.compose, ...started])];
  writeState(state);
  try {
    await composeUp(project, names, signal);
  } catch (error) {
    if (signal?.aborted) await composeStop(state, started);
    throw error;
  }
  for (const name of names) {
    const url = await composeUrl(project, name);
    found[name] = { url, source: "compose", started: started.includes(name) };
  }
}

/** A server that answers and is recent enough; otherwise the message names what to change. */
async function verify(name: ServiceName, { url, source }: Found): Promise<void> {
  const where = source === "environment" ? VARIABLES[name] : `the ${source} ${name}`;
  let version: string;
  try {
    version = await probe(name, url);
  } catch (error) {
    throw new Error(`${where} is wrong: no ${name} answers at ${maskUrl(url)}: ${reason(error)}`);
  }
  if (!isAtLeast(version, versionsMin[name])) {
    throw new Error(`${where}: ${name} ${version} is older than ${versionsMin[name]}`);
  }
}

async function stopAll(names: readonly ServiceName[], state: State): Promise<void> {
  const contained = state.compose.filter((name) => names.includes(name));
  const isOpen = contained.length > 0 && (await engineAnswers(state.project));
  await settleAll([
    isOpen ? composeStop(state, contained) : undefined,
    ...names.map((name) => stopPrivate(name, state)),
  ]);
}

/** Waits for every one before failing, so that nothing is still being started behind our back. */
async function settleAll(work: readonly (Promise<unknown> | undefined)[]): Promise<void> {
  const results = await Promise.allSettled(work);
  const failed = results.flatMap((result) =>
    result.status === "rejected" ? [reason(result.reason)] : [],
  );
  if (failed.length > 0) throw new Error([...new Set(failed)].join("\n"));
}

async function timed(name: ServiceName, log: Log, work: Promise<boolean>): Promise<boolean> {
  const start = performance.now();
  const notice = setTimeout(() => log(`${name.padEnd(8)} starting …`), noticeMs);
  try {
    const started = await work;
    const elapsed = (performance.now() - start) / 1000;
    if (started) log(`${name.padEnd(8)} ready after ${elapsed.toFixed(1)} s`);
    return started;
  } finally {
    clearTimeout(notice);
  }
}

const noticeMs = 1000;

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || ("code" in error ? String(error.code) : error.name);
}

function logToStderr(line: string): void {
  process.stderr.write(`services: ${line}\n`);
}
