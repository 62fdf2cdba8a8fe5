import { sql } from "drizzle-orm";
import { Fault } from "#lib/error/fault.ts";
import { BootError } from "#lib/process/run-process.ts";
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
 */
export async function databaseCall<T>(query: () => PromiseLike<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Fault("UNAVAILABLE"));
      replacePools();
    }, queryDeadlineMs);
  });
  try {
    return await Promise.race([query(), deadline]);
  } catch (error) {
    throw isAway(error) ? new Fault("UNAVAILABLE", { cause: error }) : error;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * SQLSTATE classes in which trying again may help: 08 connection, 40 rollback, 53 resources,
 * 57 operator intervention, 58 system, 25006 read-only. The rest is the driver's own.
 */
const AWAY =
  /^(08|40|53|57|58|25006)|^(CONNECTION_|CONNECT_TIMEOUT|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_|EHOST|ENET)/;

function isAway(error: unknown): boolean {
  if (error instanceof Fault) return false;
  // Drizzle wraps the driver's error into its own.
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ("code" in at && AWAY.test(String(at.code))) return true;
  }
  return false;
}

/** A driver error in one line without values: code and message. */
export function explainDatabaseError(error: unknown): string {
  if (!(error instanceof Error)) return "no answer in time";
  // Drizzle's own error quotes the statement and its values; what happened is the driver's.
  if (error.cause instanceof Error) return explainDatabaseError(error.cause);
  const code = "code" in error ? String(error.code) : "";
  return [code, error.message].filter(Boolean).join(": ");
}
