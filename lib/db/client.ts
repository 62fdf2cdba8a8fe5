import { sql } from "drizzle-orm";
import { explainError } from "#lib/error/explain-error.ts";
import { Fault } from "#lib/error/fault.ts";
import { BootError } from "#lib/process/run-process.ts";
import { driverError, readOnlyState } from "./driver-error.ts";
import { pendingMigrations } from "./pending-migrations.ts";
import { type Drizzle, openPool, type Pool } from "./pool.ts";

export interface Database extends Pool {
  /** Resolves when PostgreSQL takes writes; for readiness. One round trip, which writes nothing. */
  checkWritable(): Promise<void>;
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
    throw new BootError(`DATABASE_URL: ${text}`, { mayPass: true });
  });
}

/** The same for whoever looks at a database in any state. */
export async function connectUnmigrated(url: string): Promise<Database> {
  return connect(url, async () => undefined);
}

/**
 * What PostgreSQL itself asks before a statement may write: on for a standby, and where an operator has set
 * `default_transaction_read_only`. A write would use up a transaction id each time.
 */
const readOnly = sql`select current_setting('transaction_read_only') = 'on' as is_read_only`;

/** @throws what a write would be refused with. */
async function refuseReadOnly(db: Drizzle): Promise<void> {
  const [row] = await db.execute(readOnly);
  if (row?.is_read_only === false) return;
  throw Object.assign(new Error("the session is read-only"), { code: readOnlyState });
}

async function connect(
  url: string,
  check: (database: Database) => Promise<void>,
): Promise<Database> {
  let pool: Pool | undefined;
  try {
    pool = await openPool(url);
    const { call } = pool;
    const database = { ...pool, checkWritable: () => call(refuseReadOnly) };
    await check(database);
    return database;
  } catch (error) {
    void pool?.close();
    if (error instanceof BootError) throw error;
    const cause = error instanceof Fault ? error.cause : error;
    const reason = explainError(cause);
    const mayPass = !REFUSED.test(String(driverError(cause)?.code));
    throw new BootError(`DATABASE_URL: PostgreSQL cannot be used (${reason})`, { cause, mayPass });
  }
}

/** SQLSTATEs of an account that may not come in, and of a database that there is not. */
const REFUSED = /^(?:28|3D)/;
