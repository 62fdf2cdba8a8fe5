import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { sql } from "drizzle-orm";
import { serviceUrls } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";
import { batchStatement, givenRows } from "./batch-statement.ts";
import { connectDatabase, type DatabaseConnection, databaseCall } from "./client.ts";

interface Row {
  readonly n: number;
  readonly text: string;
  readonly pid: number;
  /** Statements its connection has parsed and kept. */
  readonly statements: number;
}
const echo = batchStatement<Row>(sql`
  select n, text, pg_backend_pid() as pid,
    (select count(*)::int from pg_prepared_statements) as statements
  from ${givenRows} as given(n int, text text)`);

describe("a batch statement", () => {
  let database: DatabaseConnection;
  beforeAll(async () => {
    database = await connectDatabase(serviceUrls.DATABASE_URL);
  });
  afterAll(() => database?.close());
  const rowsOf = (...texts: string[]) => texts.map((text, n) => ({ n, text }));

  test("takes any number of rows, as they are and in their order", async () => {
    const texts = ["", "'; drop table x --", '{"a"}', "\\", "NULL", "무색페트병", "👍", "a\n\tb"];
    expect(await echo(database.db, rowsOf(...texts))).toMatchObject(rowsOf(...texts));
    expect(await echo(database.db, [])).toEqual([]);
    const many = rowsOf(...Array.from({ length: 2_000 }, (_, i) => `row ${i}`));
    expect(await echo(database.db, many)).toMatchObject(many);
  });

  test("is parsed once a connection, however many rows it is given", async () => {
    const calls = Array.from({ length: 64 }, (_, i) =>
      echo(database.db, rowsOf(...Array<string>(i + 1).fill("a"))),
    );
    const seen = (await Promise.all(calls)).flat();
    expect([...new Set(seen.map(({ statements }) => statements))]).toEqual([1]);
    expect(new Set(seen.map(({ pid }) => pid)).size).toBeLessThan(calls.length);
  });

  test("goes on when the connections it was parsed on are gone", async () => {
    const { db } = database;
    const before = await Promise.all(Array.from({ length: 16 }, () => echo(db, rowsOf("a"))));
    const pids = [...new Set(before.flatMap(([row]) => row?.pid ?? []))];
    const ends = pids.map((pid) => sql`pg_terminate_backend(${pid})`);
    await databaseCall(() => db.execute(sql`select ${sql.join(ends, sql`, `)}`)).catch(() => 0);
    const after = await until(() => databaseCall(() => echo(db, rowsOf("b"))));
    expect(after).toMatchObject(rowsOf("b"));
    expect(pids).not.toContain(after[0]?.pid ?? 0);
  });
});
