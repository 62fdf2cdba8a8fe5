import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate as applyMigrations } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";
import { CHARACTERS } from "#lib/contract/characters.ts";
import { BootError } from "#lib/process/run-process.ts";
import { explainDatabaseError } from "./driver-error.ts";
import { migrationsFolder } from "./migrations-folder.ts";
import { characters, editedCharacters } from "./schema.ts";

/** Any number that nothing else in the database uses. */
const lockId = 20_260_101;
const lockTimeoutS = 60;

/**
 * Brings the database to the newest schema and seeds the character catalogue. Safe to run from many
 * replicas at once: one holds the advisory lock, the others wait and find nothing left to do.
 *
 * @throws BootError naming `DATABASE_URL` when the database cannot be used.
 */
export async function migrate(url: string): Promise<void> {
  // One connection: the lock belongs to a session, and everything must happen inside it.
  const client = postgres(url, {
    max: 1,
    connect_timeout: 10,
    onnotice: () => undefined,
    connection: { application_name: "eco2-migrate", lock_timeout: lockTimeoutS * 1_000 },
  });
  try {
    await client`select pg_advisory_lock(${lockId})`;
    const db = drizzle(client);
    await applyMigrations(db, { migrationsFolder });
    await seedCatalog(db);
  } catch (cause) {
    throw new BootError(`DATABASE_URL: migration failed (${explainDatabaseError(cause)})`, {
      cause,
    });
  } finally {
    await client.end({ timeout: 3 });
  }
}

/**
 * Adds and refreshes the characters the project ships. What an administrator has added, changed or
 * deleted stays as it is, and so does what would take a name or a material from another character: a
 * deployment must not fail at a text.
 */
async function seedCatalog(db: ReturnType<typeof drizzle>): Promise<void> {
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
