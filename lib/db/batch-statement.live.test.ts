import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { sql } from "drizzle-orm";
import { serviceUrls } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";
import { batchStatement, givenRows } from "./batch-statement.ts";
import { connectDatabase, type Database } from "./client.ts";
import { migrate } from "./migrate.ts";

interface Row {
  readonly n: number;
  readonly text: string;
  readonly pid: number;
  /** Statements its connection has parsed and kept. */
  readonly statements: number;
}
const statement = batchStatement<Row>(sql`
  select n, text, pg_backend_pid() as pid,
    (select count(*)::int from pg_prepared_statements) as statements
  from ${givenRows} as given(n int, text text)`);

describe("a batch statement", () => {
  let database: Database;
  const echo = (rows: readonly object[]) => database.call((db) => statement(db, rows));
  beforeAll(async () => {
    await migrate(serviceUrls.DATABASE_URL);
    database = await connectDatabase(serviceUrls.DATABASE_URL);
  });
  afterAll(() => database?.close());
  const rowsOf = (...texts: string[]) => texts.map((text, n) => ({ n, text }));

  test("takes any number of rows, as they are and in their order", async () => {
    const texts = ["", "'; drop table x --", '{"a"}', "\\", "NULL", "무색페트병", "👍", "a\n\tb"];
    expect(await echo(rowsOf(...texts))).toMatchObject(rowsOf(...texts));
    expect(await echo([])).toEqual([]);
    const many = rowsOf(...Array.from({ length: 2_000 }, (_, i) => `row ${i}`));
    expect(await echo(many)).toMatchObject(many);
  });

  test("is parsed once a connection, however many rows it is given", async () => {
    const calls = Array.from({ length: 64 }, (_, i) =>
      echo(rowsOf(...Array<string>(i + 1).fill("a"))),
    );
    const seen = (await Promise.all(calls)).flat();
    expect([...new Set(seen.map(({ statements }) => statements))]).toEqual([1]);
    expect(new Set(seen.map(({ pid }) => pid)).size).toBeLessThan(calls.length);
  });

  test("goes on when the connections it was parsed on are gone", async () => {
    const before = await Promise.all(Array.from({ length: 16 }, () => echo(rowsOf("a"))));
    const pids = [...new Set(before.flatMap(([row]) => row?.pid ?? []))];
    const ends = pids.map((pid) => sql`pg_terminate_backend(${pid})`);
    await database.call((db) => db.execute(sql`select ${sql.join(ends, sql`, `)}`)).catch(() => 0);
    const after = await until(() => echo(rowsOf("b")));
    expect(after).toMatchObject(rowsOf("b"));
    expect(pids).not.toContain(after[0]?.pid ?? 0);
  });
});
