import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { Fault } from "#lib/error/fault.ts";
import { DeadlineError } from "#lib/process/with-deadline.ts";
import { databaseCall } from "./database-call.ts";

export interface Pool {
  /**
   * Runs a query, or several, within the one deadline of `databaseCall`. `db` is for this call alone: the
   * connections behind it may be others the next time.
   *
   * @throws Fault `UNAVAILABLE` while PostgreSQL is away, or too slow.
   */
  call<T>(query: (db: Drizzle) => PromiseLike<T>): Promise<T>;
  close(): Promise<void>;
}

export type Drizzle = PostgresJsDatabase & { readonly $client: postgres.Sql };
/** What `db.transaction` gives to its work. */
export type Transaction = Parameters<Parameters<Drizzle["transaction"]>[0]>[0];

const connectionsMax = 8;
const connectTimeoutS = 6;
/** Below the deadline of a call: of a single statement that one then only ends a dead connection. */
const statementTimeoutMs = 7_000;
/** What a replaced connection's queries still have; the rest are rejected. */
const replacedGraceS = 2;
const closeGraceS = 3;

/** The connections of one generation: replaced together. */
interface Connections {
  readonly sql: postgres.Sql;
  readonly db: Drizzle;
  successes: number;
}

/**
 * Connections to one database that outlive the loss of any of them.
 *
 * postgres.js 3.4 never recovers a connection that was lost while a write was due: `nextWriteTimer` in
 * its connection.js stays set, so the next start-up message is not sent, and every query given to that
 * slot hangs for as long as the process lives. So when one connection is lost, all are replaced. What was
 * in flight on them ends by itself or is rejected; both are `UNAVAILABLE` to the caller.
 *
 * A connection the network has forgotten is not reported as lost. It shows when a call passes its
 * deadline and no other call has succeeded since it began. Had one, the call was merely slow: then it
 * fails alone.
 */
export function openPool(url: string): Pool {
  let isClosed = false;
  let current = connect();

  function connect(): Connections {
    const sql: postgres.Sql = postgres(url, {
      max: connectionsMax,
      connect_timeout: connectTimeoutS,
      onnotice: () => undefined,
      // On a connection that is lost at once, the driver's own query about array types would be an
      // unhandled rejection, which ends the process.
      fetch_types: false,
      onclose: () => replace(connections),
      connection: { application_name: "eco2", statement_timeout: statementTimeoutMs },
    });
    const connections = { sql, db: drizzle(sql), successes: 0 };
    return connections;
  }

  function replace(lost: Connections): void {
    if (isClosed || lost !== current) return;
    current = connect();
    void lost.sql.end({ timeout: replacedGraceS });
  }

  return {
    call: async (query) => {
      const used = current;
      const successesBefore = used.successes;
      try {
        const found = await databaseCall(() => query(used.db));
        used.successes++;
        return found;
      } catch (error) {
        if (isLate(error) && used.successes === successesBefore) replace(used);
        throw error;
      }
    },
    close: async () => {
      isClosed = true;
      await current.sql.end({ timeout: closeGraceS });
    },
  };
}

function isLate(error: unknown): boolean {
  return error instanceof Fault && error.cause instanceof DeadlineError;
}
