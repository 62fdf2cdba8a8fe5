import { readdirSync, readFileSync } from "node:fs";

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
  for (const found of findProcesses(markers)) signalProcess(found, signal);
  if (await goneWithin(markers, graceMs)) return true;
  for (const found of findProcesses(markers)) signalProcess(found, "SIGKILL");
  return await goneWithin(markers, killGraceMs);
}

const killGraceMs = 5000;
const pollMs = 25;

async function goneWithin(markers: readonly string[], graceMs: number): Promise<boolean> {
  const deadline = performance.now() + graceMs;
  while (findProcesses(markers).length > 0) {
    if (performance.now() > deadline) return false;
    await Bun.sleep(pollMs);
  }
  return true;
}

function processTable(pids?: readonly number[]): RunningProcess[] {
  return process.platform === "linux" ? linuxTable(pids) : psTable();
}

/** From /proc, because `ps` is not part of a minimal Debian. */
function linuxTable(pids?: readonly number[]): RunningProcess[] {
  const names = pids?.map(String) ?? readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return names.flatMap((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      return parseProcEntry(Number(pid), command, stat) ?? [];
    } catch {
      return [];
    }
  });
}

/** Undefined for kernel threads and for zombies, which no signal can end. */
export function parseProcEntry(
  pid: number,
  cmdline: string,
  stat: string,
): RunningProcess | undefined {
  const command = cmdline.replaceAll("\0", " ").trim();
  // The second field is the program's name in parentheses and may itself contain both and spaces.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [status, startedAt] = [fields[0], fields[19]];
  if (!command || !startedAt || status === "Z" || status === "X") return undefined;
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
