import { readFileSync } from "node:fs";
import { type SQL, sql } from "drizzle-orm";
import * as v from "valibot";
import journalFile from "#migrations/meta/_journal.json" with { type: "file" };
import { driverError } from "./driver-error.ts";
import type { Pool } from "./pool.ts";

/** SQLSTATE of a table that does not exist, nor perhaps its schema. */
const undefinedTable = "42P01";

/**
 * The migrations this code brings that the database has not, by name: those newer than the last one it
 * noted, which is how Drizzle applies them, too. The list is part of the code, so that a built binary
 * has it without the SQL files.
 */
export async function pendingMigrations(
  { call }: Pick<Pool, "call">,
  shipped: readonly { readonly tag: string; readonly when: number }[] = shippedMigrations,
): Promise<string[]> {
  const applied = await call((db) => db.execute(newestMigration)).then(
    ([row]) => Number(row?.at ?? 0),
    (error: unknown) => {
      if (driverError(error)?.code !== undefinedTable) throw error;
      return 0;
    },
  );
  return shipped.filter(({ when }) => when > applied).map(({ tag }) => tag);
}

/**
 * Migrations the database has that this code does not know: a newer release was here. Code runs on that, since releases
 * expand the schema before they contract it; but whoever migrates or looks with it should use the newer one.
 */
export async function unknownMigrations(
  execute: (query: SQL) => PromiseLike<readonly Record<string, unknown>[]>,
  shipped: readonly { readonly when: number }[] = shippedMigrations,
): Promise<number> {
  const known = Math.max(0, ...shipped.map(({ when }) => when));
  const newer = sql`select count(*)::int as count from drizzle.__drizzle_migrations
    where created_at > ${known}`;
  const [row] = await execute(newer);
  return Number(row?.count ?? 0);
}

/** In their order; `when` is in Unix milliseconds. */
export const shippedMigrations = readJournal().entries;

/** A file as for Drizzle, which reads it by its path: a compiled program carries it in one form. */
function readJournal() {
  const entry = v.object({ tag: v.string(), when: v.number() });
  const journal = v.object({ entries: v.array(entry) });
  return v.parse(journal, JSON.parse(readFileSync(journalFile, "utf8")));
}

/** When the last one that was applied was made; its table is Drizzle's. */
export const newestMigration = sql`select max(created_at)::text as at from drizzle.__drizzle_migrations`;
