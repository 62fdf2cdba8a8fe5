import type postgres from "postgres";
import type { TaskName } from "#lib/contract/task.ts";
import type { BenchContext } from "./bench.ts";
import { metered, type Usage } from "./meter.ts";
import { openPostgres, startService, stopService, wipe } from "./servers.ts";
import { type GrantPublisher, makeGrants, openGrantPublisher } from "./storage-load.ts";

const warmUpS = 2;
const pollMs = 2;
const deadlineMs = 10_000;

export interface GrantLatency {
  /** From just before the publish to when another connection sees the row, in ms; one value a grant. */
  readonly latenciesMs: readonly number[];
  readonly perS: number;
  readonly usage: readonly Usage[];
}

/** Grants as they are due. */
interface Pace {
  readonly perS: number;
  readonly seconds: number;
}

/** One run at a steady rate. The look at the table every 2 ms is part of what is measured. */
export async function measureLatency(
  { urls, services }: BenchContext,
  queues: readonly TaskName[],
  { perS, seconds }: Pace,
): Promise<GrantLatency> {
  await wipe(urls);
  const publisher = await openGrantPublisher(urls);
  const worker = startService("worker", { ...urls, REDRIVE_INTERVAL: "0" }, [
    "--queues",
    queues.join(","),
  ]);
  const sql = openPostgres(urls);
  const publish = (pace: Pace) => publishSteadily(publisher, sql, queues, pace);
  try {
    await worker.ready();
    await publish({ perS, seconds: warmUpS });
    const [measured, usage] = await metered([worker, ...services], async () => {
      const startedAt = performance.now();
      const latenciesMs = await publish({ perS, seconds });
      const elapsedS = (performance.now() - startedAt) / 1_000;
      return { latenciesMs, perS: latenciesMs.length / elapsedS };
    });
    return { ...measured, usage };
  } finally {
    await stopService(worker);
    await publisher.close();
    await sql.end({ timeout: 2 });
  }
}

async function publishSteadily(
  publisher: GrantPublisher,
  sql: postgres.Sql,
  queues: readonly TaskName[],
  { perS, seconds }: Pace,
): Promise<number[]> {
  const grants = makeGrants(perS * seconds);
  const published = new Map<string, number>();
  const confirms: Promise<void>[] = [];
  const watch = await watchRows(sql);
  const startedAt = performance.now();
  const publishDue = (): void => {
    const due = Math.ceil(((performance.now() - startedAt) * perS) / 1_000);
    for (const grant of grants.slice(confirms.length, due)) {
      published.set(grant.job_id, performance.now());
      const confirm = publisher.publish(grant, queues);
      // Awaited at the end: until then a refusal is no unhandled rejection.
      confirm.catch(() => undefined);
      confirms.push(confirm);
    }
  };
  const timer = setInterval(publishDue, 1);
  try {
    const seen = await watch(grants.length, seconds * 1_000 + deadlineMs);
    await Promise.all(confirms);
    return [...seen].flatMap(([jobId, at]) => {
      const from = published.get(jobId);
      return from === undefined ? [] : [at - from];
    });
  } finally {
    clearInterval(timer);
  }
}

/** When each of the next `rows` new rows was first seen. */
type Watch = (rows: number, withinMs: number) => Promise<ReadonlyMap<string, number>>;

/** Ids are given in the order of writing and seen in that of commits: this far back one may be late. */
const idsBack = 500;

async function watchRows(sql: postgres.Sql): Promise<Watch> {
  const newest = await sql`select coalesce(max(id), 0)::int as id
    from character.character_ownerships`;
  const first = Number(newest[0]?.id);
  return async (rows, withinMs) => {
    const seen = new Map<string, number>();
    const deadline = performance.now() + withinMs;
    let last = first;
    while (seen.size < rows) {
      if (performance.now() > deadline) throw new Error(`${rows - seen.size} rows are missing`);
      const found = await sql`select id::int, job_id from character.character_ownerships
        where id > ${Math.max(first, last - idsBack)} order by id`;
      const at = performance.now();
      for (const { id, job_id } of found) {
        if (!seen.has(job_id)) seen.set(job_id, at);
        last = Math.max(last, id);
      }
      await Bun.sleep(pollMs);
    }
    return seen;
  };
}
