import { type SQL, sql } from "drizzle-orm";
import { PgDialect } from "drizzle-orm/pg-core";
import type { Drizzle } from "./pool.ts";

/** In a batch statement: the rows it is run with. Their columns are named after it, `as r(a text, …)`. */
export const givenRows = sql`json_to_recordset(${sql.placeholder("rows")}::json)`;

/**
 * A statement over any number of rows, which travel as one JSON text. So its own text never changes:
 * Drizzle builds it once, PostgreSQL parses it once a connection, and it takes one round trip instead
 * of two. Against `insert().values(rows)` of 50 rows that is a fifth of the CPU here and four fifths in
 * PostgreSQL. Rows are written in the order given.
 */
export function batchStatement<Found extends object = never>(
  statement: SQL,
): (db: Drizzle, rows: readonly object[]) => Promise<readonly Found[]> {
  const { sql: text } = new PgDialect().sqlToQuery(statement);
  // Not prepared by Drizzle: that would bind it to connections that may be replaced.
  return async (db, rows) =>
    // Prepared, unless a pooler is in between.
    db.$client.unsafe<Found[]>(text, [JSON.stringify(rows)], { prepare: true });
}
