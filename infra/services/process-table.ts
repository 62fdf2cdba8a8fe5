import { readFileSync } from "node:fs";
import { until } from "#lib/testing/until.ts";
import { type ProcessStat, readProcessStats } from "./process-stat.ts";

/**
 * Finding and ending our own processes, and no others.
 *
 * Nothing here trusts a recorded process id: an instance is looked up by the text that only its
 * command line carries (a path in its own folder, or its id), and just before each signal the
 * process is read again and must still be the same one.
 */
export interface RunningProcess {
  readonly pid: number;
  /** Changes when the system gives the same pid to another process. */
  readonly startedAt: string;
  /** Arguments joined by spaces. */
  readonly command: string;
}

/** Processes whose command line contains one of the markers. */
export function findProcesses(markers: readonly string[]): RunningProcess[] {
  return processTable().filter((entry) => markers.some((marker) => entry.command.includes(marker)));
}

/** Signals the process unless it has ended, or its pid now belongs to another. */
export function signalProcess(target: RunningProcess, signal: NodeJS.Signals): boolean {
  const now = processTable([target.pid]).find((entry) => isSameProcess(entry, target));
  if (!now) return false;
  try {
    process.kill(now.pid, signal);
    return true;
  } catch {
    return false;
  }
}

export function isSameProcess(a: RunningProcess, b: RunningProcess): boolean {
  return a.pid === b.pid && a.startedAt === b.startedAt && a.command === b.command;
}

/** Ends what carries a marker: asks, waits `graceMs` at most, then kills. True when all ended. */
export async function endProcesses(
  markers: readonly string[],
  signal: NodeJS.Signals,
  graceMs: number,
): Promise<boolean> {
  const deadline = performance.now() + graceMs;
  do {
    // Again and again: Erlang drops a signal that comes in the first moments of its boot.
    for (const found of findProcesses(markers)) signalProcess(found, signal);
    if (await goneWithin(markers, Math.min(graceMs, signalAgainMs))) return true;
  } while (performance.now() < deadline);
  for (const found of findProcesses(markers)) signalProcess(found, "SIGKILL");
  return await goneWithin(markers, killGraceMs);
}

const killGraceMs = 5000;
const signalAgainMs = 1000;
const pollMs = 25;

function goneWithin(markers: readonly string[], timeoutMs: number): Promise<boolean> {
  const gone = until(() => findProcesses(markers).length === 0, { timeoutMs, pollMs });
  return gone.catch(() => false);
}

function processTable(pids?: readonly number[]): RunningProcess[] {
  return process.platform === "linux" ? linuxTable(pids) : psTable();
}

/** From /proc, because `ps` is not part of a minimal Debian. */
function linuxTable(pids?: readonly number[]): RunningProcess[] {
  return readProcessStats(pids).flatMap((stat) => {
    try {
      const command = readFileSync(`/proc/${stat.pid}/cmdline`, "utf8");
      return toRunningProcess(stat, command) ?? [];
    } catch {
      return [];
    }
  });
}

/** Undefined for kernel threads and for zombies, which no signal can end. */
export function toRunningProcess(
  { pid, state, startedAt }: ProcessStat,
  cmdline: string,
): RunningProcess | undefined {
  const command = cmdline.replaceAll("\0", " ").trim();
  if (!command || state === "Z" || state === "X") return undefined;
  return { pid, startedAt, command };
}

function psTable(): RunningProcess[] {
  const { stdout } = Bun.spawnSync(["ps", "-axww", "-o", "pid=,lstart=,command="], {
    env: { ...process.env, LC_ALL: "C" },
  });
  return stdout.toString().split("\n").flatMap(parsePsLine);
}

/** `  501 Mon Jan  5 10:00:00 2026     /opt/bin/redis-server /x/redis.conf` */
export function parsePsLine(line: string): RunningProcess[] {
  const match = /^\s*(\d+)\s+(\w{3} \w{3} +\d+ [\d:]{8} \d{4})\s+(\S.*)$/.exec(line);
  const [, pid, startedAt, command] = match ?? [];
  return pid && startedAt && command ? [{ pid: Number(pid), startedAt, command }] : [];
}
