import { readdirSync, readFileSync } from "node:fs";
import { until } from "#lib/testing/until.ts";

/**
 * Finding and ending our own processes, and no others.
 *
 * Nothing here trusts a recorded process id: an instance is looked up by the text that only its
 * command line carries (a path in its own folder, or its id), right before each signal.
 */
export interface RunningProcess {
  readonly pid: number;
  /** Arguments joined by spaces. */
  readonly command: string;
}

/** Processes whose command line contains one of the markers. */
export function findProcesses(markers: readonly string[]): RunningProcess[] {
  const all = process.platform === "linux" ? linuxTable() : psTable();
  return all.filter(({ command }) => markers.some((marker) => command.includes(marker)));
}

/** Signals what carries a marker now. */
export function signalProcesses(markers: readonly string[], signal: NodeJS.Signals): void {
  for (const { pid } of findProcesses(markers)) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended in between.
    }
  }
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
    signalProcesses(markers, signal);
    if (await goneWithin(markers, Math.min(graceMs, signalAgainMs))) return true;
  } while (performance.now() < deadline);
  signalProcesses(markers, "SIGKILL");
  return await goneWithin(markers, killGraceMs);
}

const killGraceMs = 5000;
const signalAgainMs = 1000;
const pollMs = 25;

function goneWithin(markers: readonly string[], timeoutMs: number): Promise<boolean> {
  const gone = until(() => findProcesses(markers).length === 0, { timeoutMs, pollMs });
  return gone.catch(() => false);
}

/** From /proc, because `ps` is not part of a minimal Debian. */
function linuxTable(): RunningProcess[] {
  return readProcessStats().flatMap((stat) => {
    try {
      return toRunningProcess(stat, readFileSync(`/proc/${stat.pid}/cmdline`, "utf8")) ?? [];
    } catch {
      return [];
    }
  });
}

/** Undefined for kernel threads and for zombies, which no signal can end. */
export function toRunningProcess(
  { pid, state }: Pick<ProcessStat, "pid" | "state">,
  cmdline: string,
): RunningProcess | undefined {
  const command = cmdline.replaceAll("\0", " ").trim();
  return command && state !== "Z" && state !== "X" ? { pid, command } : undefined;
}

/** What Linux says about a process in `/proc/<pid>/stat`; see proc_pid_stat(5). */
export interface ProcessStat {
  readonly pid: number;
  /** One letter; Z and X have ended. */
  readonly state: string;
  readonly parent: number;
  /** User and system time, that of ended children included, in ticks of 10 ms. */
  readonly ticks: number;
  /** Resident pages of 4,096 bytes. */
  readonly pages: number;
}

/** Of all processes; one that has ended meanwhile is left out. */
export function readProcessStats(): ProcessStat[] {
  return readdirSync("/proc").flatMap((name) => {
    try {
      return /^\d/.test(name) ? [parseProcessStat(readFileSync(`/proc/${name}/stat`, "utf8"))] : [];
    } catch {
      return [];
    }
  });
}

/** The second field is the program's name in parentheses, and may hold both and spaces. */
export function parseProcessStat(stat: string): ProcessStat {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const field = (number: number) => fields[number - 3] ?? "";
  return {
    pid: Number.parseInt(stat, 10),
    state: field(3),
    parent: Number(field(4)),
    ticks: [14, 15, 16, 17].reduce((sum, number) => sum + Number(field(number)), 0),
    pages: Number(field(24)),
  };
}

/** Where there is no /proc. */
function psTable(): RunningProcess[] {
  const { stdout } = Bun.spawnSync(["ps", "-axww", "-o", "pid=,command="]);
  return stdout.toString().split("\n").flatMap(parsePsLine);
}

/** `  501 /opt/bin/redis-server /x/redis.conf` */
export function parsePsLine(line: string): RunningProcess[] {
  const [, pid, command] = /^\s*(\d+)\s+(\S.*)$/.exec(line) ?? [];
  return pid && command ? [{ pid: Number(pid), command }] : [];
}
