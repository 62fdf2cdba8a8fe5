import type postgres from "postgres";
import { runningMaxOf } from "#lib/queue/topology.ts";
import { openPostgres } from "#lib/testing/open-postgres.ts";
import { wipe } from "#lib/testing/wipe.ts";
import { startChild } from "../harness/child.ts";
import type { BenchContext } from "./bench.ts";
import { metered } from "./meter.ts";
import { openScanSource } from "./overhead-load.ts";

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
    scope.use(startChild<number, void>("infra/bench/overhead-worker.ts", env)),
  );
  const setPrefetch = (prefetch: number) =>
    Promise.all(workers.map((worker) => worker.ask(prefetch)));
  await setPrefetch(0);
  const sql = scope.use(openPostgres(urls));
  const source = scope.use(await openScanSource(urls));
  const groups = workers.map(({ pid }, i) => ({
    name: count === 1 ? "worker" : `worker ${i + 1}`,
    pid,
  }));
  const drain = async (units: number) => {
    await source.queue(units);
    const [, usage, seconds] = await metered([...groups, ...services], async () => {
      await setPrefetch(prefetchMax);
      await untilEnded(sql, units);
    });
    await setPrefetch(0);
    await wipe(urls);
    return { units, seconds, usage };
  };
  await drain(warmUpJobs * count);
  return () => drain(jobs);
}

/** As many as are worked on at once: what a worker holds beyond that waits for a turn, which `fair` is about. */
const prefetchMax = runningMaxOf("scan.vision");
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
