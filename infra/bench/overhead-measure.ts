import type postgres from "postgres";
import * as v from "valibot";
import { openPostgres } from "#lib/testing/open-postgres.ts";
import { wipe } from "#lib/testing/wipe.ts";
import { type Child, startChild } from "../harness/child.ts";
import type { BenchContext } from "./bench.ts";
import { metered } from "./meter.ts";
import { queueScans } from "./overhead-load.ts";

/** Queued scans, and the worker processes that drain them. */
export interface Backlog {
  readonly workers: number;
  readonly jobs: number;
  readonly warmUpJobs: number;
}

/** What draining so many scans took, from the first message to the last row. */
export type Drain = Awaited<ReturnType<Awaited<ReturnType<typeof startDraining>>>>;

export function drainText(drain: Drain, { workers }: Backlog): string {
  const { units, seconds } = drain;
  return `${workers} worker(s), ${units} scans in ${seconds.toFixed(1)} s, ${rate(drain).toFixed(0)}/s`;
}

/** Scans a second. */
export function rate({ units, seconds }: Drain): number {
  return units / seconds;
}

/** Of a scan. */
export function workerCpuMs({ units, usage }: Drain): number {
  const workers = usage.filter(({ name }) => name.startsWith("worker"));
  return workers.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / units;
}

/** Workers whose model costs nothing: they consume nothing while scans are queued, then everything. */
export async function startDraining(
  { workers: count, jobs, warmUpJobs }: Backlog,
  { urls, services }: BenchContext,
  scope: AsyncDisposableStack,
) {
  await wipe(urls);
  const env = {
    ...urls,
    // `BUN_OPTIONS=--cpu-prof-md` profiles the worker.
    BUN_OPTIONS: process.env.BUN_OPTIONS,
    LOG_LEVEL: "warn",
  };
  const workers = Array.from({ length: count }, () =>
    scope.use(startChild("infra/bench/overhead-worker.ts", { env })),
  );
  await Promise.all(workers.map((worker) => worker.receive(Prefetch)));
  const sql = scope.use(openPostgres(urls));
  const groups = workers.map(({ pid }, i) => ({
    name: count === 1 ? "worker" : `worker ${i + 1}`,
    pid,
  }));
  const drain = async (units: number) => {
    await queueScans(urls, units);
    const [seconds, usage] = await metered([...groups, ...services], async () => {
      const startedAt = performance.now();
      await setPrefetch(workers, prefetchAll);
      await untilEnded(sql, units);
      return (performance.now() - startedAt) / 1_000;
    });
    await setPrefetch(workers, 0);
    await wipe(urls);
    return { units, seconds, usage };
  };
  await drain(warmUpJobs * count);
  return () => drain(jobs);
}

const Prefetch = v.object({ prefetch: v.number() });
const prefetchAll = 1_000_000;

async function setPrefetch(workers: readonly Child[], prefetch: number): Promise<void> {
  for (const worker of workers) worker.send({ prefetch });
  await Promise.all(workers.map((worker) => worker.receive(Prefetch)));
}

const pollMs = 20;
const stalledMs = 60_000;

/** A scan has ended for good when its result and both rows of its grant are in Postgres. */
async function untilEnded(sql: postgres.Sql, wanted: number): Promise<void> {
  let [ended, since] = [-1, performance.now()];
  while (ended < wanted) {
    const [row] = await sql`
      select least(
        (select count(*) from scan.scans),
        (select count(*) from character.character_ownerships),
        (select count(*) from users.user_characters)
      )::int as ended`;
    const now = Number(row?.ended);
    if (now > ended) since = performance.now();
    if (performance.now() - since > stalledMs) {
      throw new Error(`${ended} of ${wanted} scans ended, and none in the last minute`);
    }
    ended = now;
    // Counting all rows takes longer the more there are: it must not become part of the load.
    if (ended < wanted) await Bun.sleep(Math.max(pollMs, (wanted - ended) / 20));
  }
}
