import { openPostgres } from "#lib/testing/open-postgres.ts";
import { until } from "#lib/testing/until.ts";
import type { ServiceUrls } from "../services/service.ts";

export type PostgresReads = Awaited<ReturnType<typeof openPostgresReads>>;

/** What Eco²'s processes ask of PostgreSQL, as PostgreSQL itself sees it. */
export async function openPostgresReads(urls: ServiceUrls) {
  const sql = openPostgres(urls);
  const newest = async () => {
    const rows = await sql<{ id: string }[]>`
      select pid || ' ' || query_start as id from pg_stat_activity
      where application_name = 'eco2' and datname = current_database()`;
    return new Set(rows.map(({ id }) => id));
  };
  const scans = async () => {
    const [row] = await sql<{ count: string }[]>`
      select coalesce(seq_scan, 0) + coalesce(idx_scan, 0) as count
      from pg_stat_user_tables where schemaname = 'scan' and relname = 'scans'`;
    return Number(row?.count);
  };
  let known = await newest();
  const scansBefore = await scans();
  return {
    /**
     * Connections that have run a statement since the last call, by the time of their newest statement:
     * seen at once, unlike the statistics, which may be seconds late.
     */
    statements: async (): Promise<number> => {
      const now = await newest();
      const fresh = now.difference(known).size;
      known = now;
      return fresh;
    },
    /** Scans of `scan.scans` since `open`, once every process that could make one has ended. */
    scansOfScans: async (): Promise<number> => {
      // A backend reports what it did when it ends.
      await until(async () => (await newest()).size === 0);
      return (await scans()) - scansBefore;
    },
    [Symbol.asyncDispose]: sql[Symbol.asyncDispose],
  };
}
