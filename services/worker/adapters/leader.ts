import postgres from "postgres";
import { databaseCall } from "#lib/db/database-call.ts";

/** Any number that nothing else in the database uses. */
const redriveLockId = 20_260_102;
const connectTimeoutS = 6;

export interface Leader {
  /** True in one process at a time: the same one as long as it lives. */
  lead(): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Elects one process by an advisory lock, which it holds on a connection of its own from round to round. If it
 * released the lock after each round, processes would take turns and together redrive several times as often.
 * A leader that dies loses its connection, and with it the lock.
 */
export function createLeader(url: string, lockId = redriveLockId): Leader {
  // One connection that is never retired: the lock belongs to its session. PostgreSQL grants a session the lock
  // it holds already, so each query also notices a connection that was replaced.
  const sql = postgres(url, {
    max: 1,
    max_lifetime: null,
    connect_timeout: connectTimeoutS,
    onnotice: () => undefined,
    connection: { application_name: "eco2-redrive" },
  });
  return {
    lead: async () => {
      const [row] = await databaseCall(() => sql`select pg_try_advisory_lock(${lockId}) as held`);
      return row?.held === true;
    },
    close: () => sql.end({ timeout: 3 }),
  };
}
