import type postgres from "postgres";
import type { TaskName } from "#lib/contract/task.ts";
import type { BenchContext } from "./bench.ts";
import { metered, type Usage } from "./meter.ts";
import { openPostgres, startService, stopService, wipe } from "./servers.ts";
import { makeGrants, openGrantPublisher } from "./storage-load.ts";

export interface GrantDrain {
  /** Seconds from the first measured row, and rows since then. */
  readonly progress: readonly Progress[];
  readonly perS: number;
  readonly usage: readonly Usage[];
  /** Grants that were metered. */
  readonly units: number;
}
interface Progress {
  readonly atS: number;
  readonly rows: number;
}

/** Rows written before the measurement begins: by then the worker's code is compiled. */
const warmUpShare = 0.2;
const pollMs = 5;
const deadlineMs = 120_000;
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
): Promise<GrantDrain> {
  await wipe(urls);
  const publisher = await openGrantPublisher(urls);
  await publisher.preload(makeGrants(grants), queues);
  await publisher.close();
  const sql = openPostgres(urls);
  const count = await createCounter(sql, queues);
  const worker = startService("worker", { ...urls, REDRIVE_INTERVAL: "0" }, [
    "--queues",
    queues.join(","),
  ]);
  try {
    const first = await until(count, grants * warmUpShare);
    const progress = [{ atS: 0, rows: 0 }];
    const [last, usage] = await metered([worker, ...services], async () => {
      const reached = await until(count, grants, ({ rows, atS }) =>
        progress.push({ rows: rows - first.rows, atS: atS - first.atS }),
      );
      await Bun.sleep(settleMs);
      return reached;
    });
    const units = last.rows - first.rows;
    await checkRows(sql, queues, grants);
    return { progress, perS: units / (last.atS - first.atS), usage, units };
  } finally {
    await stopService(worker);
    await sql.end({ timeout: 2 });
  }
}

type Counter = () => Promise<Progress>;

async function until(
  count: Counter,
  rows: number,
  onProgress: (progress: Progress) => void = () => undefined,
): Promise<Progress> {
  const deadline = performance.now() + deadlineMs;
  while (performance.now() < deadline) {
    const progress = await count();
    onProgress(progress);
    if (progress.rows >= rows) return progress;
    await Bun.sleep(pollMs);
  }
  throw new Error(`the worker wrote fewer than ${rows} rows in ${deadlineMs / 1_000} s`);
}

const tables: Partial<Record<TaskName, string>> = {
  "character.save_ownership": "character.character_ownerships",
  "users.save_character": "users.user_characters",
};
const tablesOf = (queues: readonly TaskName[]) => queues.flatMap((queue) => tables[queue] ?? []);

/**
 * Rows of the table that has fewer. Every row is new, so a table's ids count its rows, without the cost
 * of reading them all.
 */
async function createCounter(sql: postgres.Sql, queues: readonly TaskName[]): Promise<Counter> {
  const names = tablesOf(queues);
  for (const name of names) await sql.unsafe(`truncate ${name} restart identity`);
  const highest = names.map((name) => `(select coalesce(max(id), 0) from ${name})`);
  const query = `select least(${highest.join(", ")})::int as rows`;
  return async () => {
    const [row] = await sql.unsafe(query, [], { prepare: true });
    return { rows: Number(row?.rows), atS: performance.now() / 1_000 };
  };
}

async function checkRows(
  sql: postgres.Sql,
  queues: readonly TaskName[],
  rows: number,
): Promise<void> {
  for (const name of tablesOf(queues)) {
    const [row] = await sql.unsafe(`select count(*)::int as rows from ${name}`);
    if (row?.rows !== rows) throw new Error(`${name} has ${row?.rows} rows, not ${rows}`);
  }
}
