import { readFileSync } from "node:fs";
import type * as v from "valibot";
import type { StageUpdate } from "#lib/scan/scan-event.ts";
import type { AppProcess } from "../harness/app-process.ts";
import { startChild } from "../harness/child.ts";
import type { BenchContext } from "./bench.ts";
import { metered, residentMb, type Usage } from "./meter.ts";
import { startService, stopService, wipe } from "./servers.ts";
import { percentile } from "./statistics.ts";
import { classified, type Emitter, openEmitter, started } from "./stream-emitter.ts";
import { type StreamCommand, StreamReport, type Watch } from "./stream-load.ts";
import { openPostgresReads, type PostgresReads } from "./stream-postgres-reads.ts";

export interface StreamStep {
  readonly clients: number;
  /** From the last stream's opening to the look at the memory. */
  readonly settleMs: number;
}

/** What one server did for its clients. Lags are ms from an event's own time to its arrival. */
export interface StreamRun {
  readonly idleMb: number;
  readonly openMb: number;
  readonly peakMb: number;
  /** One event for the job of every client, all in a burst; one lag a client. */
  readonly burstMs: readonly number[];
  /** Four events of one job that all clients watch, one after another; all their lags. */
  readonly sharedMs: readonly number[];
  /** From the cut of all streams until each client had what it missed; one a client. */
  readonly recoveredMs: readonly number[];
  readonly burstUsage: readonly Usage[];
  readonly sharedUsage: readonly Usage[];
  readonly stormUsage: readonly Usage[];
  /** Statements in the storm, and scans of `scan.scans` in the whole run. */
  readonly postgresStatements: number;
  readonly postgresScans: number;
  readonly wrong: number;
  readonly refused: number;
}

interface Load {
  readonly emitter: Emitter;
  readonly reads: PostgresReads;
  ask(command: StreamCommand): Promise<v.InferOutput<typeof StreamReport>>;
  /** What the server, the clients and the services use meanwhile. */
  metered<T>(server: AppProcess, work: () => Promise<T>): Promise<[T, Usage[]]>;
}

/** One run, on servers, jobs and processes of its own. */
export async function measureStream(step: StreamStep, context: BenchContext): Promise<StreamRun> {
  const { urls, services } = context;
  await wipe(urls);
  const emitter = await openEmitter(urls);
  const reads = await openPostgresReads(urls);
  const clients = startChild("infra/bench/stream-load.ts");
  const ask: Load["ask"] = (command) => {
    clients.send(command);
    return clients.receive(StreamReport);
  };
  const groups = [{ name: "clients", pid: clients.pid }, ...services];
  const load: Load = {
    ...{ emitter, reads, ask },
    metered: ({ pid }, work) => metered([{ name: "events", pid }, ...groups], work),
  };
  try {
    const own = await withServer(context, (server) => measureOwnJobs(load, server, step));
    const shared = await withServer(context, (server) => measureSharedJob(load, server, step));
    const { wrong, refused } = await ask({ do: "close" });
    return { ...own, ...shared, postgresScans: await reads.scansOfScans(), wrong, refused };
  } finally {
    await clients.end();
    await reads.close();
    await emitter.close();
  }
}

/** One line of progress. */
export function streamText(run: StreamRun, { clients }: StreamStep): string {
  const p99 = (values: readonly number[]) => `${Math.round(percentile(values, 99))} ms`;
  return (
    `${clients} clients, ${run.openMb.toFixed(0)} MB, event to all p99 ${p99(run.sharedMs)}, ` +
    `burst p99 ${p99(run.burstMs)}, storm over after ${p99(run.recoveredMs)}`
  );
}

/**
 * The event streams as a process of their own, as under Kubernetes: in edge, what other requests leave
 * in memory would count as theirs.
 */
async function withServer<T>(
  { urls }: BenchContext,
  work: (server: AppProcess) => Promise<T>,
): Promise<T> {
  const server = startService("events", urls);
  try {
    await server.ready();
    return await work(server);
  } finally {
    await stopService(server);
  }
}

async function measureOwnJobs(load: Load, server: AppProcess, step: StreamStep) {
  const { ask, emitter, reads } = load;
  const watches = Array.from({ length: step.clients }, (_, i) => newWatch(`bench-${i}`));
  const idleMb = residentMb(server);
  const [measured, usage] = await load.metered(server, async () => {
    await emitter.emit(watches, started);
    await ask({ do: "open", origin: server.origin, watches, untilSeq: 10 });
    await Bun.sleep(step.settleMs);
    const openMb = residentMb(server);

    const [burst, burstUsage] = await load.metered(server, async () => {
      await emitter.emit(watches, [classified]);
      return ask({ do: "receive", seq: 11 });
    });
    await reads.statements();
    const [storm, stormUsage] = await load.metered(server, async () => {
      await ask({ do: "cut" });
      await emitter.emit(watches, [{ stage: "rule", status: "completed" }]);
      return ask({ do: "catch up", seq: 21 });
    });
    const postgresStatements = await reads.statements();
    await ask({ do: "close" });
    return {
      ...{ openMb, burstUsage, stormUsage, postgresStatements },
      ...{ burstMs: burst.ms, recoveredMs: storm.ms },
    };
  });
  return { ...measured, idleMb, peakMb: usage[0]?.rssMb ?? Number.NaN };
}

/** The first of them warms up. */
const sharedEvents: readonly { seq: number; update: StageUpdate }[] = [
  { seq: 11, update: classified },
  { seq: 21, update: { stage: "rule", status: "completed" } },
  { seq: 30, update: { stage: "answer", status: "started" } },
  { seq: 31, update: { stage: "answer", status: "completed", result: { model: "gpt-5.2" } } },
  { seq: 41, update: { stage: "reward", status: "completed" } },
];

async function measureSharedJob(load: Load, server: AppProcess, { clients }: StreamStep) {
  const { ask, emitter } = load;
  const job = newWatch("bench-shared");
  const watches = Array.from({ length: clients }, () => job);
  await emitter.emit([job], started);
  await ask({ do: "open", origin: server.origin, watches, untilSeq: 10 });
  const emit = async ({ seq, update }: (typeof sharedEvents)[number]) => {
    await emitter.emit([job], [update]);
    return (await ask({ do: "receive", seq })).ms;
  };
  const [first, ...rest] = sharedEvents;
  if (first) await emit(first);
  const [sharedMs, sharedUsage] = await load.metered(server, async () => {
    const all: number[] = [];
    for (const event of rest) all.push(...(await emit(event)));
    return all;
  });
  // Before the server stops, which would look like a connection lost.
  await ask({ do: "close" });
  return { sharedMs, sharedUsage };
}

function newWatch(userId: string): Watch {
  return { jobId: Bun.randomUUIDv7(), userId };
}

/** Besides the sockets: files of the program, and the sockets of a storm that are still closing. */
const otherFilesMax = 1_000;

/** @throws Error when this machine does not let a process have so many connections. */
export function checkFileLimit(connections: number): void {
  const limits = readFileSync("/proc/self/limits", "utf8");
  // Bun raises the soft limit to the hard one by itself.
  const hard = Number(/^Max open files\s+\d+\s+(\d+)/m.exec(limits)?.[1] ?? Number.NaN);
  if (hard < connections + otherFilesMax) {
    throw new Error(
      `${connections} streams need ${connections + otherFilesMax} open files a process, and the ` +
        `limit is ${hard}: raise it with \`ulimit -Hn\` as root`,
    );
  }
}
