import type { Subprocess } from "bun";
import postgres from "postgres";
import { localDefaults } from "../harness/stack.ts";
import { projectFolder } from "../services/ensure-services.ts";
import { choosePort } from "../services/port.ts";
import type { ServiceUrls } from "../services/service.ts";
import { preload } from "./preload.ts";
import { type Meter, type ProcessGroup, startMeter } from "./process-usage.ts";

/** What draining a number of queued scans took. */
export interface Drained {
  readonly jobs: number;
  readonly seconds: number;
  readonly usage: ReturnType<Meter["read"]>;
}

/** Workers with a model that costs nothing, which stand still until `drain` lets them go. */
export interface Workers {
  /** Queues scans while nobody consumes, then measures from the first message to the last row. */
  drain(jobs: number): Promise<Drained>;
  stop(): Promise<void>;
}

const allOfThem = 1_000_000;

export async function startWorkers(
  count: number,
  { urls, services }: { urls: ServiceUrls; services: readonly ProcessGroup[] },
): Promise<Workers> {
  const workers = Array.from({ length: count }, () => startWorker(urls));
  await Promise.all(workers.map((worker) => worker.told(0)));
  const sql = postgres(urls.DATABASE_URL, { max: 1, onnotice: () => undefined });
  const groups = [
    ...workers.map(({ child }, i) => ({ name: nameOf(i, count), pid: child.pid })),
    ...services,
  ];
  const setPrefetch = (intake: number) =>
    Promise.all(workers.map((worker) => worker.setPrefetch(intake)));
  return {
    drain: async (jobs) => {
      const before = await countEnded(sql);
      await preload(urls, jobs);
      const meter = startMeter(groups);
      const startedAt = performance.now();
      await setPrefetch(allOfThem);
      await untilEnded(sql, before + jobs);
      const seconds = (performance.now() - startedAt) / 1_000;
      const usage = meter.read();
      meter.stop();
      await setPrefetch(0);
      return { jobs, seconds, usage };
    },
    stop: async () => {
      for (const { child } of workers) child.kill("SIGTERM");
      await Promise.all(workers.map(({ child }) => child.exited));
      await sql.end({ timeout: 2 });
    },
  };
}

function nameOf(index: number, count: number): string {
  return count === 1 ? "worker" : `worker ${index + 1}`;
}

/** One worker process, and how it is told to consume. */
function startWorker(urls: ServiceUrls) {
  const waiting = new Map<number, () => void>();
  const early = new Set<number>();
  const child: Subprocess = Bun.spawn([process.execPath, "infra/bench/overhead-worker.ts"], {
    cwd: projectFolder,
    env: {
      PATH: process.env.PATH,
      // `BUN_OPTIONS=--cpu-prof` profiles the worker.
      BUN_OPTIONS: process.env.BUN_OPTIONS,
      ...localDefaults,
      ...urls,
      LOG_LEVEL: "warn",
      REDRIVE_INTERVAL: "0",
      HEALTH_PORT: String(choosePort([])),
    },
    stdin: "ignore",
    stdout: "inherit",
    stderr: "inherit",
    ipc: ({ intake }: { intake: number }) => {
      const resolve = waiting.get(intake);
      if (resolve) resolve();
      else early.add(intake);
    },
  });
  const kill = (): void => child.kill("SIGKILL");
  process.once("exit", kill);
  void child.exited.then(() => process.off("exit", kill));
  const told = async (intake: number): Promise<void> => {
    if (early.delete(intake)) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    waiting.set(intake, resolve);
    void child.exited.then(() => reject(new Error("the worker has ended")));
    await promise;
    waiting.delete(intake);
  };
  return {
    child,
    told,
    setPrefetch: (intake: number) => {
      const done = told(intake);
      child.send({ intake });
      return done;
    },
  };
}

const pollMs = 20;
const stalledMs = 60_000;

/** A scan has ended for good when its result and both rows of its grant are in Postgres. */
async function countEnded(sql: postgres.Sql): Promise<number> {
  const [row] = await sql<{ ended: string }[]>`
    select least(
      (select count(*) from scan.scans),
      (select count(*) from character.character_ownerships),
      (select count(*) from users.user_characters)
    ) as ended`;
  return Number(row?.ended);
}

async function untilEnded(sql: postgres.Sql, wanted: number): Promise<void> {
  let [ended, since] = [-1, performance.now()];
  while (ended < wanted) {
    const now = await countEnded(sql);
    if (now > ended) since = performance.now();
    if (performance.now() - since > stalledMs) {
      throw new Error(`${ended} of ${wanted} scans ended, and none in the last minute`);
    }
    ended = now;
    // Counting all rows takes longer the more there are: it must not become part of the load.
    if (ended < wanted) await Bun.sleep(Math.max(pollMs, (wanted - ended) / 20));
  }
}
