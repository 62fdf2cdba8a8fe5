import { type ProcessStat, readProcessStats } from "../services/process-table.ts";

/** Processes that count as one: RabbitMQ is a VM with helpers, PostgreSQL one process a connection. */
export interface ProcessGroup {
  readonly name: string;
  /** The process they all descend from. */
  readonly pid: number;
}

/** What a group of processes used while it was metered. */
export interface Usage {
  readonly name: string;
  /** User and system time in ms; that of ended children included. */
  readonly cpuMs: number;
  /** Peak resident memory in MB (10⁶ bytes). Pages shared inside the group count once a process. */
  readonly rssMb: number;
}

/** Kernel ticks a second: fixed at 100 on every Linux that Bun runs on (`getconf CLK_TCK`). */
const ticksPerS = 100;
const pageBytes = 4_096;
const sampleMs = 100;

/** What the groups use while `work` runs: CPU as a difference, memory as a peak of samples; and its time. */
export async function metered<T>(
  groups: readonly ProcessGroup[],
  work: () => Promise<T>,
): Promise<[result: T, usage: Usage[], seconds: number]> {
  const before = readUsages(groups);
  const peaksMb = before.map(({ rssMb }) => rssMb);
  const sample = (): Usage[] => {
    const now = readUsages(groups);
    for (const [i, { rssMb }] of now.entries()) peaksMb[i] = Math.max(peaksMb[i] ?? 0, rssMb);
    return now;
  };
  const timer = setInterval(sample, sampleMs);
  const startedAt = performance.now();
  try {
    const result = await work();
    const seconds = (performance.now() - startedAt) / 1_000;
    const usage = sample().map(({ name, cpuMs }, i) => ({
      name,
      cpuMs: cpuMs - (before[i]?.cpuMs ?? 0),
      rssMb: peaksMb[i] ?? 0,
    }));
    return [result, usage, seconds];
  } finally {
    clearInterval(timer);
  }
}

/** Resident memory of a process and its descendants now, in MB (10⁶ bytes). */
export function residentMb({ pid }: Pick<ProcessGroup, "pid">): number {
  return readUsages([{ name: "", pid }])[0]?.rssMb ?? 0;
}

/** Since each process began. Reads /proc: Linux only. */
export function readUsages(groups: readonly ProcessGroup[]): Usage[] {
  // Once for all: it is read ten times a second beside what is being measured.
  const all = readProcessStats();
  const children = Map.groupBy(all, ({ parent }) => parent);
  const family = (one: ProcessStat): ProcessStat[] => [
    one,
    ...(children.get(one.pid) ?? []).flatMap(family),
  ];
  return groups.map(({ name, pid }) => {
    const members = all.filter((one) => one.pid === pid).flatMap(family);
    const ticks = members.reduce((sum, one) => sum + one.ticks, 0);
    const pages = members.reduce((sum, one) => sum + one.pages, 0);
    return { name, cpuMs: (ticks * 1_000) / ticksPerS, rssMb: (pages * pageBytes) / 1e6 };
  });
}
