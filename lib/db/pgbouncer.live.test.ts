import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { sql } from "drizzle-orm";
import postgres from "postgres";
import { hasPgBouncer, type PgBouncer, startPgBouncer } from "#lib/testing/pgbouncer.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import { batchStatement, givenRows } from "./batch-statement.ts";
import { connectDatabase } from "./client.ts";
import { migrate } from "./migrate.ts";

/** Needs `pgbouncer`. */
describe.skipIf(!hasPgBouncer).each<[string, string[]]>([
  ["as packaged", []],
  ["that drops the limit", ["ignore_startup_parameters=statement_timeout"]],
])("behind a PgBouncer in transaction mode, %s,", (_, settings) => {
  let pgBouncer: PgBouncer;
  let direct: postgres.Sql;
  beforeAll(async () => {
    pgBouncer = await startPgBouncer(serviceUrls.DATABASE_URL, settings);
    direct = postgres(serviceUrls.DATABASE_URL, { max: 1, onnotice: () => undefined });
  });
  afterAll(async () => {
    await direct?.end();
    await pgBouncer?.stop();
  });

  test("migrations run, several at once and one after the other, and no lock stays", async () => {
    for (let round = 0; round < 2; round++) {
      await Promise.all(Array.from({ length: 3 }, () => migrate(pgBouncer.url)));
    }
    const locks =
      await direct`select from pg_locks where locktype = 'advisory' and objid = 20260101`;
    expect(locks).toHaveLength(0);
  });

  test("statements of one kind run on whichever connection, and none is prepared", async () => {
    const database = await connectDatabase(pgBouncer.url);
    const read = batchStatement<{ n: number; prepared: number }>(sql`
      select n, (select count(*)::int from pg_prepared_statements) as prepared
      from ${givenRows} as given(n int)`);
    const calls = Array.from({ length: 200 }, (_, n) => database.call((db) => read(db, [{ n }])));
    const rows = (await Promise.all(calls)).flat();
    expect(rows).toEqual(Array.from({ length: 200 }, (_, n) => ({ n, prepared: 0 })));
    await database.checkWritable();
    await database.close();
  });
});
