import type postgres from "postgres";
import type { OwnershipGrant } from "#lib/contract/character-message.ts";
import { CHARACTERS } from "#lib/contract/characters.ts";
import type { TaskName } from "#lib/contract/task.ts";
import { openPostgres } from "#lib/testing/open-postgres.ts";
import { ownershipGrant } from "#lib/testing/ownership-grant.ts";
import { wipe } from "#lib/testing/wipe.ts";
import type { BenchContext } from "./bench.ts";
import { forEachAtOnce } from "./for-each-at-once.ts";
import { metered } from "./meter.ts";
import { openPublisher } from "./publisher.ts";
import { startService } from "./servers.ts";

export type GrantDrain = Awaited<ReturnType<typeof measureDrain>>;
export type GrantLatency = Awaited<ReturnType<typeof measureLatency>>;

/** Rows written before the measurement begins: by then the worker's code is compiled. */
const warmUpShare = 0.2;
/** Half of what a publisher lets be unconfirmed, shared by two queues. */
const publishesMax = 1_000;
const drainPollMs = 5;
/** Acks follow the last commit. */
const settleMs = 200;

/**
 * One run: everything lies in the queues before the worker starts. The rate is that between two looks
 * at the tables, each of which knows its rows exactly; being 5 ms apart, they are 1 % of half a second.
 */
export async function measureDrain(
  { urls, services }: BenchContext,
  queues: readonly TaskName[],
  grants: number,
) {
  await wipe(urls);
  await using publisher = await openPublisher(urls);
  await forEachAtOnce(publishesMax, makeGrants(grants), async (grant) => {
    await Promise.all(queues.map((queue) => publisher.publish(queue, grant)));
  });
  await using sql = openPostgres(urls);
  await using worker = startWorker(urls, queues);
  const tables = queues.flatMap((queue) => tableOf[queue] ?? []);
  const { last: first } = await untilRows(sql, tables, grants * warmUpShare);
  const [{ looks, last }, usage] = await metered([worker, ...services], async () => {
    const reached = await untilRows(sql, tables, grants);
    await Bun.sleep(settleMs);
    return reached;
  });
  for (const table of tables) {
    const [row] = await sql`select count(*)::int as rows from ${sql(table)}`;
    if (row?.rows !== grants) throw new Error(`${table} has ${row?.rows} rows, not ${grants}`);
  }
  /** Seconds from the first measured row, and rows since then. */
  const since = ({ rows, atS }: Look) => ({ rows: rows - first.rows, atS: atS - first.atS });
  const { rows: units, atS } = since(last);
  return { progress: [first, ...looks].map(since), perS: units / atS, usage, units };
}

/** Grants that are all different, neighbours of different users: index pages are hit at random. */
function makeGrants(count: number): OwnershipGrant[] {
  const length = Math.ceil(count / CHARACTERS.length);
  const users = Array.from({ length }, () => crypto.randomUUID());
  const all = CHARACTERS.flatMap(({ code, name }) =>
    users.map((user_id) => {
      const character = { character_code: code, character_name: name };
      return ownershipGrant({ user_id, ...character, granted_at: Date.now() });
    }),
  );
  return all.slice(0, count);
}

/** Grants as they are due. */
interface Pace {
  readonly perS: number;
  readonly seconds: number;
}

const warmUpSMax = 2;
const latencyPollMs = 2;

/**
 * One run at a steady rate: of each grant the ms from just before its publish to when another connection sees
 * its row. The look at the table every 2 ms is part of what is measured.
 */
export async function measureLatency(
  { urls, services }: BenchContext,
  queues: readonly TaskName[],
  { perS, seconds }: Pace,
) {
  await wipe(urls);
  await using publisher = await openPublisher(urls);
  await using sql = openPostgres(urls);
  await using worker = startWorker(urls, queues);
  await worker.ready();
  const publish = (grant: OwnershipGrant) =>
    Promise.all(queues.map((queue) => publisher.publish(queue, grant)));
  await publishSteadily(publish, sql, { perS, seconds: Math.min(seconds, warmUpSMax) });
  const [latenciesMs, usage, elapsedS] = await metered([worker, ...services], () =>
    publishSteadily(publish, sql, { perS, seconds }),
  );
  const units = latenciesMs.length;
  return { latenciesMs, units, perS: units / elapsedS, usage };
}

function startWorker(urls: BenchContext["urls"], queues: readonly TaskName[]) {
  const args = ["--queues", queues.join(",")];
  return startService("worker", { ...urls, REDRIVE_INTERVAL: "0" }, { args });
}

const tableOf: Partial<Record<TaskName, string>> = {
  "character.save_ownership": "character.character_ownerships",
  "users.save_character": "users.user_characters",
};
const deadlineMs = 120_000;

interface Look {
  readonly rows: number;
  readonly atS: number;
}

/**
 * Looks until the table that has fewer rows has so many. Every row is new, so a table's ids count its
 * rows, without the cost of reading them all.
 */
async function untilRows(sql: postgres.Sql, tables: readonly string[], rowsMin: number) {
  const highest = tables.map((table) => `(select coalesce(max(id), 0) from ${table})`);
  const query = `select least(${highest.join(", ")})::int as rows`;
  const looks: Look[] = [];
  const deadline = performance.now() + deadlineMs;
  while (performance.now() < deadline) {
    const [row] = await sql.unsafe(query, [], { prepare: true });
    const last = { rows: Number(row?.rows), atS: performance.now() / 1_000 };
    looks.push(last);
    if (last.rows >= rowsMin) return { looks, last };
    await Bun.sleep(drainPollMs);
  }
  throw new Error(`the worker wrote fewer than ${rowsMin} rows in ${deadlineMs / 1_000} s`);
}

/** Ids are given in the order of writing and seen in that of commits: this far back one may be late. */
const idsBack = 500;

/** The time of each grant from its publish to its row, in ms. */
async function publishSteadily(
  publish: (grant: OwnershipGrant) => Promise<unknown>,
  sql: postgres.Sql,
  { perS, seconds }: Pace,
): Promise<number[]> {
  const [newest] = await sql`
    select coalesce(max(id), 0)::int as id from character.character_ownerships`;
  let last = Number(newest?.id);
  const grants = makeGrants(perS * seconds);
  /** By job, those whose row has not been seen. */
  const publishedAt = new Map<string, number>();
  const latenciesMs: number[] = [];
  const confirms: Promise<unknown>[] = [];
  const startedAt = performance.now();
  const timer = setInterval(() => {
    const due = Math.ceil(((performance.now() - startedAt) * perS) / 1_000);
    for (const grant of grants.slice(confirms.length, due)) {
      publishedAt.set(grant.job_id, performance.now());
      const confirm = publish(grant);
      // Awaited at the end: until then a refusal is no unhandled rejection.
      confirm.catch(() => undefined);
      confirms.push(confirm);
    }
  }, 1);
  try {
    while (latenciesMs.length < grants.length) {
      const missing = grants.length - latenciesMs.length;
      if (performance.now() > startedAt + deadlineMs)
        throw new Error(`${missing} rows are missing`);
      const rows = await sql`select id::int, job_id from character.character_ownerships
        where id > ${last - idsBack} order by id`;
      const at = performance.now();
      for (const { id, job_id } of rows) {
        last = Math.max(last, id);
        const from = publishedAt.get(job_id);
        if (from !== undefined) latenciesMs.push(at - from);
        publishedAt.delete(job_id);
      }
      await Bun.sleep(latencyPollMs);
    }
    await Promise.all(confirms);
    return latenciesMs;
  } finally {
    clearInterval(timer);
  }
}
