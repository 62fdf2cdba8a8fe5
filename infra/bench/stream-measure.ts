import type { StageUpdate } from "#lib/scan/scan-event.ts";
import { wipe } from "#lib/testing/wipe.ts";
import type { AppProcess } from "../harness/app-process.ts";
import { startChild } from "../harness/child.ts";
import type { BenchContext } from "./bench.ts";
import { metered, residentMb, type Usage } from "./meter.ts";
import { startService } from "./servers.ts";
import { classified, type Emitter, newJob, openEmitter, started } from "./stream-emitter.ts";
import type { StreamCommand, StreamReport } from "./stream-load.ts";
import { openPostgresReads, type PostgresReads } from "./stream-postgres-reads.ts";

export interface StreamStep {
  readonly clients: number;
  /** From the last stream's opening to the look at the memory. */
  readonly settleMs: number;
}

export type StreamRun = Awaited<ReturnType<typeof measureStream>>;

interface Load {
  readonly emitter: Emitter;
  readonly reads: PostgresReads;
  ask(command: StreamCommand): Promise<StreamReport>;
  /** What the server, the clients and the services use meanwhile. */
  metered<T>(server: AppProcess, work: () => Promise<T>): Promise<[T, Usage[], number]>;
}

/**
 * One run, on jobs and processes of its own. The event streams are a process of their own, as under
 * Kubernetes: in edge, what other requests leave in memory would count as theirs. Lags are ms from an event's
 * own time to its arrival.
 */
export async function measureStream(step: StreamStep, { urls, services }: BenchContext) {
  await wipe(urls);
  await using emitter = await openEmitter(urls);
  await using reads = await openPostgresReads(urls);
  await using clients = startChild<StreamCommand, StreamReport>("infra/bench/stream-load.ts");
  const groups = [{ name: "clients", pid: clients.pid }, ...services];
  const load: Load = {
    ...{ emitter, reads, ask: clients.ask },
    metered: (server, work) => metered([server, ...groups], work),
  };
  const withServer = async <T>(
    measure: (load: Load, server: AppProcess, step: StreamStep) => Promise<T>,
  ): Promise<T> => {
    // All streams of the shared scan are one user's.
    await using server = startService("events", { ...urls, STREAMS_PER_USER: "0" });
    await server.ready();
    return await measure(load, server, step);
  };
  const own = await withServer(measureOwnJobs);
  const shared = await withServer(measureSharedJob);
  const { wrong, refused } = await load.ask({ do: "close" });
  /** Scans of `scan.scans` in the whole run. */
  const postgresScans = await reads.scansOfScans();
  return { ...own, ...shared, postgresScans, wrong, refused };
}

async function measureOwnJobs(load: Load, server: AppProcess, step: StreamStep) {
  const { ask, emitter, reads } = load;
  const { origin } = server;
  const watches = Array.from({ length: step.clients }, (_, i) => ({
    ...newJob(`bench-${i}`),
    origin,
  }));
  const idleMb = residentMb(server);
  const [measured, usage] = await load.metered(server, async () => {
    await emitter.emit(watches, started);
    await ask({ do: "open", watches, untilSeq: 10 });
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
      /** One event for the job of every client, all in a burst; one lag a client. */
      burstMs: burst.ms,
      /** From the cut of all streams until each client had what it missed; one a client. */
      recoveredMs: storm.ms,
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

/** Four events of one job that all clients watch, one after another; all their lags. */
async function measureSharedJob(load: Load, server: AppProcess, { clients }: StreamStep) {
  const { ask, emitter } = load;
  const job = { ...newJob(), origin: server.origin };
  const watches = Array.from({ length: clients }, () => job);
  await emitter.emit([job], started);
  await ask({ do: "open", watches, untilSeq: 10 });
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
