import { sql } from "drizzle-orm";
import journal from "#migrations";
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
  shipped = shippedMigrations,
): Promise<string[]> {
  const applied = await call((db) => db.execute(newest)).then(
    ([row]) => Number(row?.at ?? 0),
    (error: unknown) => {
      if (driverError(error)?.code !== undefinedTable) throw error;
      return 0;
    },
  );
  return shipped.filter(({ when }) => when > applied).map(({ tag }) => tag);
}

/** In their order; `when` is in Unix milliseconds. */
export const shippedMigrations: readonly { readonly tag: string; readonly when: number }[] =
  journal.entries;

const newest = sql`select max(created_at)::text as at from drizzle.__drizzle_migrations`;
