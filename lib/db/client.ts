import { sql } from "drizzle-orm";
import { Fault } from "#lib/error/fault.ts";
import { BootError } from "#lib/process/run-process.ts";
import { explainDatabaseError } from "./driver-error.ts";
import { pendingMigrations } from "./pending-migrations.ts";
import { openPool, type Pool } from "./pool.ts";

export interface Database extends Pool {
  /** One round trip; for readiness. */
  ping(): Promise<void>;
}

/**
 * Connects to a PostgreSQL that has every migration this code needs; newer ones are welcome, since a
 * deployment migrates first.
 *
 * @throws BootError naming `DATABASE_URL`.
 */
export async function connectDatabase(url: string): Promise<Database> {
  return connect(url, async (database) => {
    const pending = await pendingMigrations(database);
    if (pending.length === 0) return;
    const text = `not migrated (missing: ${pending.join(", ")}); run \`bun run migrate\``;
    throw new BootError(`DATABASE_URL: ${text}`);
  });
}

/** The same for whoever looks at a database in any state. */
export async function connectUnmigrated(url: string): Promise<Database> {
  return connect(url, ({ ping }) => ping());
}

async function connect(
  url: string,
  check: (database: Database) => Promise<void>,
): Promise<Database> {
  const pool = openPool(url);
  const ping = async () => void (await pool.call((db) => db.execute(sql`select 1`)));
  const database = { ...pool, ping };
  try {
    await check(database);
    return database;
  } catch (error) {
    void pool.close();
    if (error instanceof BootError) throw error;
    const cause = error instanceof Fault ? error.cause : error;
    const reason = explainDatabaseError(cause);
    throw new BootError(`DATABASE_URL: PostgreSQL cannot be used (${reason})`, { cause });
  }
}
