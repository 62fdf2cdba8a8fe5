import { sql } from "drizzle-orm";
import { Fault } from "#lib/error/fault.ts";
import { BootError } from "#lib/process/run-process.ts";
import { DeadlineError, withDeadline } from "#lib/process/with-deadline.ts";
import { driverError } from "./driver-error.ts";
import { openPool, type Pool, replacePools } from "./pool.ts";

export type Database = Pool["db"];

export interface DatabaseConnection {
  readonly db: Database;
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Client-side deadline: a query whose server-side process was terminated may otherwise never settle. */
const queryDeadlineMs = 8_000;

/**
 * Connects to PostgreSQL.
 *
 * @throws BootError naming `DATABASE_URL`.
 */
export async function connectDatabase(url: string): Promise<DatabaseConnection> {
  const { db, close } = openPool(url);
  const ping = async () => void (await databaseCall(() => db.execute(sql`select 1`)));
  try {
    await ping();
  } catch (error) {
    void close();
    const cause = error instanceof Fault ? error.cause : error;
    throw new BootError(
      `DATABASE_URL: PostgreSQL cannot be used (${explainDatabaseError(cause)})`,
      { cause },
    );
  }
  return { db, ping, close };
}

/**
 * Runs a query with a deadline and turns "away" into a fault that is waited out. A broken constraint or
 * statement stays what it is: a bug.
 *
 * @throws BootError when the database was not migrated: at boot, where it is met first, it is one plain line.
 */
export async function databaseCall<T>(query: () => PromiseLike<T>): Promise<T> {
  try {
    return await withDeadline(queryDeadlineMs, query());
  } catch (error) {
    if (error instanceof DeadlineError) {
      replacePools();
      throw new Fault("UNAVAILABLE");
    }
    throw error instanceof Fault ? error : toKnown(error);
  }
}

/**
 * SQLSTATE classes in which trying again may help: 08 connection, 40 rollback, 53 resources,
 * 57 operator intervention, 58 system, 25006 read-only. The rest is the driver's own.
 */
const AWAY =
  /^(08|40|53|57|58|25006)|^(CONNECTION_|CONNECT_TIMEOUT|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_|EHOST|ENET)/;

/** Schema, table and column that this code knows and the database does not. */
const BEHIND = ["3F000", "42P01", "42703"];

function toKnown(error: unknown): unknown {
  const code = String(driverError(error)?.code);
  if (AWAY.test(code)) return new Fault("UNAVAILABLE", { cause: error });
  if (!BEHIND.includes(code)) return error;
  const reason = explainDatabaseError(error);
  return new BootError(`DATABASE_URL: not migrated (${reason}); run \`bun run migrate\``, {
    cause: error,
  });
}

/** A driver error in one line without values: code and message. */
export function explainDatabaseError(error: unknown): string {
  if (!(error instanceof Error)) return "no answer in time";
  // Drizzle's own error quotes the statement and its values; what happened is the driver's.
  if (error.cause instanceof Error) return explainDatabaseError(error.cause);
  const code = "code" in error ? String(error.code) : "";
  return [code, error.message].filter(Boolean).join(": ");
}
