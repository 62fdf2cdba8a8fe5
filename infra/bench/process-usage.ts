import { readdirSync, readFileSync } from "node:fs";

/** Processes that count as one: RabbitMQ is a VM with helpers, PostgreSQL one process a connection. */
export interface ProcessGroup {
  readonly name: string;
  /** The process they all descend from. */
  readonly pid: number;
}

export interface Usage {
  /** User and system time since the process began, in ms; that of ended children included. */
  readonly cpuMs: number;
  /** Resident now, in MB (10⁶ bytes). Pages shared inside the group count once for each process. */
  readonly rssMb: number;
}

/** Kernel ticks a second: fixed at 100 on every Linux that Bun runs on (`getconf CLK_TCK`). */
const ticksPerS = 100;
const pageBytes = 4_096;

/** CPU and memory of each group, its processes and all their descendants. Reads /proc: Linux only. */
export function readUsages(groups: readonly Pick<ProcessGroup, "pid">[]): Usage[] {
  // Once for all: it is read ten times a second beside what is being measured.
  const all = new Map(processes().map((entry) => [entry.pid, entry]));
  return groups.map(({ pid }) => {
    const members = [...all.values()].filter((entry) => descendsFrom(entry, pid, all));
    const ticks = members.reduce((sum, { ticks }) => sum + ticks, 0);
    const pages = members.reduce((sum, { pages }) => sum + pages, 0);
    return { cpuMs: (ticks * 1_000) / ticksPerS, rssMb: (pages * pageBytes) / 1e6 };
  });
}

export function readUsage(group: Pick<ProcessGroup, "pid">): Usage {
  const [usage] = readUsages([group]);
  return usage ?? { cpuMs: 0, rssMb: 0 };
}

interface Entry {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
  readonly pages: number;
}

function processes(): Entry[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [parseStat(readFileSync(`/proc/${name}/stat`, "utf8"))];
      } catch {
        return [];
      }
    });
}

/** Fields as in proc_pid_stat(5); the second one is a name in parentheses that may hold anything. */
export function parseStat(stat: string): Entry {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const field = (number: number) => Number(fields[number - 3] ?? 0);
  return {
    pid: Number.parseInt(stat, 10),
    parent: field(4),
    ticks: field(14) + field(15) + field(16) + field(17),
    pages: field(24),
  };
}

function descendsFrom(entry: Entry, pid: number, all: ReadonlyMap<number, Entry>): boolean {
  for (let at: Entry | undefined = entry; at; at = all.get(at.parent)) {
    if (at.pid === pid) return true;
  }
  return false;
}

const sampleMs = 100;

/** What groups use from `startMeter` on: CPU as a difference, memory as a peak of samples. */
export interface Meter {
  read(): readonly (Usage & { readonly name: string })[];
  stop(): void;
}

export function startMeter(groups: readonly ProcessGroup[]): Meter {
  const before = readUsages(groups);
  const peaksMb = before.map(({ rssMb }) => rssMb);
  const sample = (): Usage[] => {
    const now = readUsages(groups);
    for (const [i, { rssMb }] of now.entries()) peaksMb[i] = Math.max(peaksMb[i] ?? 0, rssMb);
    return now;
  };
  const timer = setInterval(sample, sampleMs);
  return {
    read: () =>
      sample().map(({ cpuMs }, i) => ({
        name: groups[i]?.name ?? "",
        cpuMs: cpuMs - (before[i]?.cpuMs ?? 0),
        rssMb: peaksMb[i] ?? 0,
      })),
    stop: () => clearInterval(timer),
  };
}
