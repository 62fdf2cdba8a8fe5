import { readdirSync, readFileSync } from "node:fs";

/** What Linux says about a process in `/proc/<pid>/stat`; see proc_pid_stat(5). */
export interface ProcessStat {
  readonly pid: number;
  /** One letter; Z and X have ended. */
  readonly state: string;
  readonly parent: number;
  /** User and system time, that of ended children included, in ticks of 10 ms. */
  readonly ticks: number;
  /** Ticks since the machine's start: tells two processes of the same pid apart. */
  readonly startedAt: string;
  /** Resident pages of 4,096 bytes. */
  readonly pages: number;
}

/** Of all processes, or of those named; one that has ended meanwhile is left out. */
export function readProcessStats(
  pids: readonly (number | string)[] = readdirSync("/proc").filter((name) => /^\d+$/.test(name)),
): ProcessStat[] {
  return pids.flatMap((pid) => {
    try {
      return [parseProcessStat(readFileSync(`/proc/${pid}/stat`, "utf8"))];
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
    startedAt: field(22),
    pages: Number(field(24)),
  };
}
