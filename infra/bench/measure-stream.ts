import type { StageUpdate } from "#lib/scan/scan-event.ts";
import type { Given } from "./bench.ts";
import { type EventsServer, startEventsServer } from "./events-server.ts";
import { openPostgresReads, type PostgresReads } from "./postgres-reads.ts";
import { type ProcessGroup, readUsage, startMeter, type Usage } from "./process-usage.ts";
import { wipe } from "./servers.ts";
import { type ClientProcess, startClients } from "./stream-client-process.ts";
import { begun, type Emitter, openEmitter, seen } from "./stream-emitter.ts";
import type { Watch } from "./stream-messages.ts";

/** What one server did for `clients` streams. Lags are ms from an event's own time to its arrival. */
export interface StreamRun {
  readonly clients: number;
  readonly idleMb: number;
  readonly openMb: number;
  readonly peakMb: number;
  /** One event for the job of every client, all in a burst; one lag a client. */
  readonly burstMs: readonly number[];
  /** Four events of one job that all clients watch, one after another; all their lags. */
  readonly sharedMs: readonly number[];
  /** From the cut of all streams until each client had what it missed; one a client. */
  readonly recoveredMs: readonly number[];
  readonly burstUsage: Costs;
  readonly sharedUsage: Costs;
  readonly stormUsage: Costs;
  /** Statements in the storm, and scans of `scan.scans` in the whole run. */
  readonly postgresStatements: number;
  readonly postgresScans: number;
  readonly wrong: number;
  readonly refused: number;
}
type Costs = readonly (Usage & { readonly name: string })[];

/** What the requests leave behind is collected within some seconds; the peak counts it. */
const settleMs = 10_000;
const quickSettleMs = 200;

interface Stage {
  readonly given: Given;
  readonly clients: ClientProcess;
  readonly emitter: Emitter;
  readonly reads: PostgresReads;
}

/** One run at one size, on servers, jobs and processes of its own. */
export async function measureStream(given: Given, size: number): Promise<StreamRun> {
  await wipe(given.urls);
  const emitter = await openEmitter(given.urls.REDIS_URL);
  const reads = await openPostgresReads(given.urls.DATABASE_URL);
  const clients = startClients();
  const stage = { given, clients, emitter, reads };
  try {
    const own = await withServer(given, (server) => measureOwnJobs(stage, server, size));
    const shared = await withServer(given, (server) => measureSharedJob(stage, server, size));
    const { wrong, refused } = await clients.ask({ do: "close" });
    const postgresScans = await reads.scansOfScans();
    return { clients: size, ...own, ...shared, postgresScans, wrong, refused };
  } finally {
    await clients.end();
    await reads.close();
    await emitter.close();
  }
}

async function withServer<T>(given: Given, work: (server: EventsServer) => Promise<T>): Promise<T> {
  const server = await startEventsServer(given.urls);
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

async function measureOwnJobs(stage: Stage, server: EventsServer, size: number) {
  const { clients, emitter, reads } = stage;
  const idleMb = readUsage(server).rssMb;
  const whole = startMeter([{ name: "events", pid: server.pid }]);
  try {
    const watches = Array.from({ length: size }, (_, i) => newWatch(`bench-${i}`));
    await emitter.emit(watches, begun);
    await clients.ask({ do: "open", port: server.port, watches, untilSeq: 10 });
    await Bun.sleep(stage.given.quick ? quickSettleMs : settleMs);
    const openMb = readUsage(server).rssMb;

    const [burst, burstUsage] = await metered(stage, server, async () => {
      await emitter.emit(watches, [seen]);
      return clients.ask({ do: "hear", seq: 11 });
    });
    await reads.statements();
    const [storm, stormUsage] = await metered(stage, server, async () => {
      await clients.ask({ do: "cut" });
      await emitter.emit(watches, [{ stage: "rule", status: "completed" }]);
      return clients.ask({ do: "catch up", seq: 21 });
    });
    const postgresStatements = await reads.statements();
    await clients.ask({ do: "close" });
    const peakMb = whole.read()[0]?.rssMb ?? Number.NaN;
    return {
      ...{ idleMb, openMb, peakMb, burstUsage, stormUsage, postgresStatements },
      ...{ burstMs: burst.ms, recoveredMs: storm.ms },
    };
  } finally {
    whole.stop();
  }
}

/** The first of them warms up. */
const sharedEvents: readonly { seq: number; update: StageUpdate }[] = [
  { seq: 11, update: seen },
  { seq: 21, update: { stage: "rule", status: "completed" } },
  { seq: 30, update: { stage: "answer", status: "started" } },
  { seq: 31, update: { stage: "answer", status: "completed", result: { model: "gpt-5.2" } } },
  { seq: 41, update: { stage: "reward", status: "completed" } },
];

async function measureSharedJob(stage: Stage, server: EventsServer, size: number) {
  const { clients, emitter } = stage;
  const job = newWatch("bench-shared");
  const watches = Array.from({ length: size }, () => job);
  await emitter.emit([job], begun);
  await clients.ask({ do: "open", port: server.port, watches, untilSeq: 10 });
  const tell = async ({ seq, update }: (typeof sharedEvents)[number]) => {
    await emitter.emit([job], [update]);
    return (await clients.ask({ do: "hear", seq })).ms;
  };
  const [first, ...rest] = sharedEvents;
  if (first) await tell(first);
  const [sharedMs, sharedUsage] = await metered(stage, server, async () => {
    const all: number[] = [];
    for (const event of rest) all.push(...(await tell(event)));
    return all;
  });
  // Before the server stops, which would look like a connection lost.
  await clients.ask({ do: "close" });
  return { sharedMs, sharedUsage };
}

function newWatch(userId: string): Watch {
  return { jobId: Bun.randomUUIDv7(), userId };
}

async function metered<T>(
  { given, clients }: Stage,
  server: EventsServer,
  work: () => Promise<T>,
): Promise<[T, Costs]> {
  const groups: ProcessGroup[] = [
    { name: "events", pid: server.pid },
    { name: "clients", pid: clients.pid },
    ...given.services,
  ];
  const meter = startMeter(groups);
  try {
    const result = await work();
    return [result, meter.read()];
  } finally {
    meter.stop();
  }
}
