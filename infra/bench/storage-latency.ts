import postgres from "postgres";
import type { TaskName } from "#lib/contract/task.ts";
import type { Given } from "./bench.ts";
import { type Meter, startMeter } from "./process-usage.ts";
import { wipe } from "./servers.ts";
import { type GrantOutlet, makeGrants, openGrantOutlet } from "./storage-grants.ts";
import { startStorageWorker, stopMs } from "./storage-worker.ts";

/** As a reward publishes them. */
const queues: readonly TaskName[] = ["character.save_ownership", "users.save_character"];
const warmUpS = 2;
const pollMs = 2;
const deadlineMs = 10_000;

export interface Latency {
  /** From just before the publish to when another connection sees the row, in ms; one value a grant. */
  readonly latenciesMs: readonly number[];
  readonly perS: number;
  readonly usage: ReturnType<Meter["read"]>;
}

/** One run at a steady rate. The look at the table every 2 ms is part of what is measured. */
export async function measureLatency(
  { urls, services }: Pick<Given, "urls" | "services">,
  { perS, seconds }: { perS: number; seconds: number },
): Promise<Latency> {
  const outlet = await openGrantOutlet(urls.AMQP_URL);
  await outlet.purge(queues);
  await wipe(urls);
  const worker = startStorageWorker(urls, queues);
  const sql = postgres(urls.DATABASE_URL, { max: 1, onnotice: () => undefined });
  let meter: Meter | undefined;
  try {
    await worker.ready();
    await publishSteadily(outlet, sql, { perS, seconds: warmUpS });
    meter = startMeter([worker, ...services]);
    const startedAt = performance.now();
    const latenciesMs = await publishSteadily(outlet, sql, { perS, seconds });
    const elapsedS = (performance.now() - startedAt) / 1_000;
    return { latenciesMs, perS: latenciesMs.length / elapsedS, usage: meter.read() };
  } finally {
    meter?.stop();
    await worker.end("SIGTERM", stopMs);
    await outlet.close();
    await sql.end({ timeout: 2 });
  }
}

async function publishSteadily(
  outlet: GrantOutlet,
  sql: postgres.Sql,
  { perS, seconds }: { perS: number; seconds: number },
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
      const confirm = outlet.publish(grant, queues);
      // Awaited at the end: until then a refusal is nobody's unhandled rejection.
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
