import { pendingMigrations, shippedMigrations } from "#lib/db/pending-migrations.ts";
import type { Pool } from "#lib/db/pool.ts";
import { breach, type Finding, ok } from "../check.ts";

export async function checkMigrations(
  database: Pick<Pool, "call">,
  shipped = shippedMigrations,
): Promise<Finding> {
  const pending = await pendingMigrations(database, shipped);
  return pending.length === 0
    ? ok(`${shipped.length} migrations applied`)
    : breach(`${pending.length} of ${shipped.length} migrations not applied; run: bun run migrate`);
}
