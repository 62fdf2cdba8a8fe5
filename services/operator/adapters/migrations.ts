import {
  pendingMigrations,
  shippedMigrations,
  unknownMigrations,
} from "#lib/db/pending-migrations.ts";
import type { Pool } from "#lib/db/pool.ts";
import { breach, type Finding, ok } from "../check.ts";

export async function checkMigrations(
  database: Pick<Pool, "call">,
  shipped = shippedMigrations,
): Promise<Finding> {
  const pending = await pendingMigrations(database, shipped);
  if (pending.length > 0)
    return breach(
      `${pending.length} of ${shipped.length} migrations not applied; run: bun run migrate`,
    );
  const unknown = await unknownMigrations(
    (query) => database.call((db) => db.execute(query)),
    shipped,
  );
  return unknown === 0
    ? ok(`${shipped.length} migrations applied`)
    : breach(
        `the database is newer than this code, by ${unknown} migrations; use the newer release`,
      );
}
