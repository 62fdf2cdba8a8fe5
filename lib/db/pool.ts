import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import postgres from "postgres";

export interface Pool {
  readonly db: PostgresJsDatabase & { readonly $client: postgres.Sql };
  close(): Promise<void>;
}

const connectionsMax = 8;
const connectTimeoutS = 6;
/** Below the client's own deadline: that one then only fires for a connection that is dead. */
const statementTimeoutMs = 7_000;
/** What a replaced pool's queries still have; the rest are rejected. */
const replacedGraceS = 2;
const closeGraceS = 3;

/** How every open pool is replaced. */
const replacements = new Set<() => void>();

/**
 * Connections to one database that outlive the loss of any of them.
 *
 * postgres.js 3.4 never recovers a connection that was lost while a write was due: `nextWriteTimer` in
 * its connection.js stays set, so the next start-up message is not sent, and every query given to that
 * slot hangs for as long as the process lives. So a pool that has lost a connection is replaced whole.
 * What was in flight on it ends by itself or is rejected; both are `UNAVAILABLE` to the caller.
 */
export function openPool(url: string): Pool {
  let current = connect();

  function connect(): { sql: postgres.Sql; db: Pool["db"] } {
    const sql: postgres.Sql = postgres(url, {
      max: connectionsMax,
      connect_timeout: connectTimeoutS,
      onnotice: () => undefined,
      // Asked in vain on a connection that ends at once, its own query about array types would reject
      // where nobody listens, and end the process.
      fetch_types: false,
      onclose: () => {
        if (current.sql === sql) replace();
      },
      connection: { application_name: "eco2", statement_timeout: statementTimeoutMs },
    });
    return { sql, db: drizzle(sql) };
  }

  function replace(): void {
    if (!replacements.has(replace)) return;
    const { sql } = current;
    current = connect();
    void sql.end({ timeout: replacedGraceS });
  }

  replacements.add(replace);
  return {
    db: new Proxy(current.db, { get: (_, name) => Reflect.get(current.db, name) }),
    close: async () => {
      replacements.delete(replace);
      await current.sql.end({ timeout: closeGraceS });
    },
  };
}

/** A query did not settle: its connection is dead, and so may be all that the network forgot with it. */
export function replacePools(): void {
  for (const replace of replacements) replace();
}
