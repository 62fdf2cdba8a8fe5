import { sql } from "drizzle-orm";
import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { Fault } from "#lib/error/fault.ts";
import { observedGauge } from "#lib/process/observed-gauge.ts";
import { DeadlineError } from "#lib/process/with-deadline.ts";
import { databaseCall } from "./database-call.ts";
import { driverError, isReadOnly } from "./driver-error.ts";

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

/** Of one process; a budget of all is compared with what the server has (`bun run doctor --manifests`). */
export const connectionsMax = 8;
const observeConnectionsMax = observedGauge(
  "eco2_database_connections_max",
  "Connections to PostgreSQL that this process may hold",
);
const observeServerMax = observedGauge(
  "eco2_database_server_connections_max",
  "Connections PostgreSQL gives to all processes; no value behind a pooler",
);
const observeCalls = observedGauge(
  "eco2_database_calls_in_flight",
  "Calls to PostgreSQL under way; those beyond the connections wait for one",
);
const connectTimeoutS = 6;
/** Below the deadline of a call: of a single statement that one then only ends a dead connection. */
const statementTimeoutS = 7;
/** SQLSTATE of PgBouncer for a start-up parameter that it does not pass on. */
const protocolViolation = "08P01";
/** What a replaced connection's queries still have; the rest are rejected. */
const replacedGraceS = 2;
const closeGraceS = 3;

/** While the server stays read-only, calls that only read go on between two replacements. */
const readOnlyReplaceIntervalMs = 1_000;

/** The connections of one generation: replaced together. */
interface Connections {
  readonly client: postgres.Sql;
  readonly db: Drizzle;
  /** As `performance.now()` counts. */
  readonly openedAt: number;
  successes: number;
}

/**
 * Connections to one database that outlive the loss of any of them, and a failover that cuts none.
 *
 * postgres.js 3.4 never recovers a connection that was lost while a write was due: `nextWriteTimer` in
 * its connection.js stays set, so the next start-up message is not sent, and every query given to that
 * slot hangs for as long as the process lives. So when one connection is lost, all are replaced. What was
 * in flight on them ends by itself or is rejected; both are `UNAVAILABLE` to the caller.
 *
 * A connection the network has forgotten is not reported as lost. It shows when a call passes its
 * deadline and no other call has succeeded since it began. Had one, the call was merely slow: then it
 * fails alone.
 *
 * After a failover behind a name or a proxy the connections that are open lead to the old primary, now a
 * standby, which refuses writes with 25006. So does a session that began while the database was set
 * read-only, for as long as it lives. New connections find out what holds now.
 *
 * A pooler in transaction mode (PgBouncer) refuses or drops a limit given at the start of a connection, and
 * hands each transaction to another server connection, which does not know a statement that was prepared on
 * the last one. Behind it no statement is prepared, and the limit is left to the role or the pooler: one set
 * after connecting would stay on a server connection that is others' as well.
 */
export async function openPool(url: string): Promise<Pool> {
  let isClosed = false;
  let isDirect = true;
  let callsInFlight = 0;
  let current = connect();

  function connect(): Connections {
    const client: postgres.Sql = postgres(url, {
      max: connectionsMax,
      connect_timeout: connectTimeoutS,
      onnotice: () => undefined,
      // On a connection that is lost at once, the driver's own query about array types would be an
      // unhandled rejection, which ends the process.
      fetch_types: false,
      onclose: () => replace(connections),
      prepare: isDirect,
      // Timestamps are read as ISO 8601, whatever the role or the database prefers.
      connection: {
        application_name: "eco2",
        DateStyle: "ISO",
        ...(isDirect ? { statement_timeout: statementTimeoutS * 1_000 } : {}),
      },
    });
    const openedAt = performance.now();
    const connections = { client, db: drizzle(client), openedAt, successes: 0 };
    return connections;
  }

  function replace(lost: Connections): void {
    if (isClosed || lost !== current) return;
    current = connect();
    void lost.client.end({ timeout: replacedGraceS });
  }

  async function call<T>(query: (db: Drizzle) => PromiseLike<T>): Promise<T> {
    const used = current;
    callsInFlight++;
    const successesBefore = used.successes;
    try {
      const found = await databaseCall(() => query(used.db));
      used.successes++;
      return found;
    } catch (error) {
      if (isLate(error) && used.successes === successesBefore) replace(used);
      const isRecent = performance.now() - used.openedAt < readOnlyReplaceIntervalMs;
      if (isReadOnly(error) && !isRecent) replace(used);
      throw error;
    } finally {
      callsInFlight--;
    }
  }

  async function close(): Promise<void> {
    isClosed = true;
    await current.client.end({ timeout: closeGraceS });
  }

  try {
    const server = await call(inspectSession).catch(unlessRefused);
    isDirect = server.hasOurLimit;
    if (!isDirect) replace(current);
    observeConnectionsMax(() => connectionsMax);
    observeCalls(() => callsInFlight);
    if (isDirect) observeServerMax(() => server.connectionsMax);
    return { call, close };
  } catch (error) {
    void close();
    throw error;
  }
}

/** What the session was given. */
interface Session {
  readonly hasOurLimit: boolean;
  /** Of the server, beside those kept for superusers. */
  readonly connectionsMax: number;
}

async function inspectSession(db: Drizzle): Promise<Session> {
  const [row] = await db.execute(sql`
    select current_setting('statement_timeout') as statement_timeout,
      current_setting('max_connections')::int
        - current_setting('superuser_reserved_connections')::int as connections_max`);
  return {
    hasOurLimit: row?.statement_timeout === `${statementTimeoutS}s`,
    connectionsMax: Number(row?.connections_max),
  };
}

/** A pooler's refusal of the limit; any other error is thrown. */
function unlessRefused(error: unknown): Session {
  if (driverError(error)?.code !== protocolViolation) throw error;
  return { hasOurLimit: false, connectionsMax: 0 };
}

function isLate(error: unknown): boolean {
  return error instanceof Fault && error.cause instanceof DeadlineError;
}
