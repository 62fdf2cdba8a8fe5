import { sql } from "drizzle-orm";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { drizzle } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { CHARACTERS } from "#lib/contract/characters.ts";
import { SAMPLE_PLACES, sampleSource } from "#lib/contract/places/sample-places.ts";
import { explainError } from "#lib/error/explain-error.ts";
import { writePlaces } from "#lib/place-store/write-places.ts";
import { BootError } from "#lib/process/run-process.ts";
import { migrationsFolder } from "./migrations-folder.ts";
import { newestMigration, unknownMigrations } from "./pending-migrations.ts";
import type { Transaction } from "./pool.ts";
import { characters, editedCharacters } from "./schema.ts";

/** Any number that nothing else in the database uses. */
const lockId = 20_260_101;
const lockTimeoutS = 60;

/**
 * Brings the database to the newest schema and seeds the character catalogue and the sample of places, all of it or
 * nothing. Safe to run from many replicas at once: one holds the advisory lock, the others wait and find nothing left
 * to do.
 *
 * Lock and limits are the transaction's. Those of a session would stay with the server connection when a
 * pooler gives that to somebody else, and the next migration would wait for a lock that nobody releases.
 *
 * A database that is newer than this code is left as it is, its catalogue included: after a rollback the release before
 * runs on it, and its texts are not to come back.
 *
 * @returns how many migrations the database has that this code does not know.
 * @throws BootError naming `DATABASE_URL` when the database cannot be used.
 */
export async function migrate(url: string): Promise<number> {
  const client = postgres(url, {
    max: 1,
    connect_timeout: 10,
    prepare: false,
    onnotice: () => undefined,
    connection: { application_name: "eco2-migrate" },
  });
  try {
    return await drizzle(client).transaction(async (tx) => {
      await tx.execute(sql.raw(`set local lock_timeout = '${lockTimeoutS}s'`));
      // The limit of a role is meant for queries; a new index takes its time.
      await tx.execute(sql`set local statement_timeout = 0`);
      await tx.execute(sql`select pg_advisory_xact_lock(${lockId})`);
      await applyMigrations(tx);
      const unknown = await unknownMigrations((query) => tx.execute(query));
      if (unknown > 0) return unknown;
      await seedCatalog(tx);
      await seedPlaces(tx);
      return 0;
    });
  } catch (cause) {
    throw new BootError(`DATABASE_URL: migration failed (${explainError(cause)})`, {
      cause,
    });
  } finally {
    await client.end({ timeout: 3 });
  }
}

/** As Drizzle's own migrator does it, which would begin a transaction of its own. */
async function applyMigrations(tx: Transaction): Promise<void> {
  await tx.execute(sql`create schema if not exists drizzle`);
  await tx.execute(sql`create table if not exists drizzle.__drizzle_migrations (
    id serial primary key, hash text not null, created_at bigint)`);
  const [newest] = await tx.execute(newestMigration);
  for (const { sql: statements, hash, folderMillis } of readMigrationFiles({ migrationsFolder })) {
    if (folderMillis <= Number(newest?.at ?? 0)) continue;
    for (const statement of statements) await tx.execute(sql.raw(statement));
    await tx.execute(sql`insert into drizzle.__drizzle_migrations (hash, created_at)
      values (${hash}, ${folderMillis})`);
  }
}

/** Until a register is imported, which takes the sample away (`services/operator/adapters/place-import.ts`). */
async function seedPlaces(tx: Transaction): Promise<void> {
  const [row] = await tx.execute(sql`
    select exists (select from location.centers where source <> ${sampleSource}) as is_filled`);
  if (row?.is_filled !== true) await writePlaces(tx, sampleSource, SAMPLE_PLACES);
}

/**
 * Adds and refreshes the characters the project ships. What an administrator has added, changed or
 * deleted stays as it is, and so does what would take a name or a material from another character: a
 * deployment must not fail at a text.
 */
async function seedCatalog(db: Transaction): Promise<void> {
  await db.execute(sql`
    insert into ${characters} (code, name, match_label, dialog, is_default)
    select code, name, "matchLabel", dialog, "isDefault"
    from json_to_recordset(${JSON.stringify(CHARACTERS)}::json)
      as shipped(code text, name text, "matchLabel" text, dialog text, "isDefault" boolean)
    where not exists (select from ${editedCharacters} as edited where edited.code = shipped.code)
      and not exists (
        select from ${characters} as other where other.code <> shipped.code
          and (other.name = shipped.name or other.match_label = shipped."matchLabel")
      )
    on conflict (code) do update set
      name = excluded.name, match_label = excluded.match_label,
      dialog = excluded.dialog, is_default = excluded.is_default`);
}
