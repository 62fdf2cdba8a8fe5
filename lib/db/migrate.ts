import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate as applyMigrations } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";
import { CHARACTERS } from "#lib/contract/characters.ts";
import { BootError } from "#lib/process/run-process.ts";
import { explainDatabaseError } from "./client.ts";
import { characters } from "./schema.ts";

const migrationsFolder = fileURLToPath(new URL("../../migrations", import.meta.url));
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

/** Adds and refreshes the characters the project ships; those an operator added are left alone. */
async function seedCatalog(db: ReturnType<typeof drizzle>): Promise<void> {
  await db
    .insert(characters)
    .values(CHARACTERS.map((character) => ({ ...character })))
    .onConflictDoUpdate({
      target: characters.code,
      set: {
        name: sql`excluded.name`,
        matchLabel: sql`excluded.match_label`,
        dialog: sql`excluded.dialog`,
        isDefault: sql`excluded.is_default`,
      },
    });
}
