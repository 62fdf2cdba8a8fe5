import { sql } from "drizzle-orm";
import { readMigrationFiles } from "drizzle-orm/migrator";
import * as v from "valibot";
import { type Database, databaseCall } from "#lib/db/client.ts";
import { projectFolder } from "../services/ensure-services.ts";
import { breach, type Finding, ok } from "./check.ts";

const Newest = v.object({ at: v.nullable(v.pipe(v.string(), v.transform(Number))) });

/** Applied are those up to the newest one the database has noted: this is how they are applied, too. */
export async function checkMigrations(
  db: Database,
  migrationsFolder = `${projectFolder}/migrations`,
): Promise<Finding> {
  const files = readMigrationFiles({ migrationsFolder });
  const [row] = await databaseCall(() =>
    db.execute(sql`select max(created_at)::text as at from drizzle.__drizzle_migrations`),
  );
  const { at } = v.parse(Newest, row);
  const pending = files.filter(({ folderMillis }) => folderMillis > (at ?? 0));
  return pending.length === 0
    ? ok(`${files.length} migrations applied`)
    : breach(`${pending.length} of ${files.length} migrations not applied; run: bun run migrate`);
}
