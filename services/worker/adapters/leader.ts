import postgres from "postgres";
import { databaseCall } from "#lib/db/client.ts";

/** Any number that nothing else in the database uses. */
const redriveLockId = 20_260_102;
const connectTimeoutS = 6;

export interface Leader {
  /** True in one process at a time; the same one as long as it lives. */
  lead(): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Elects one process by an advisory lock on a connection of its own, kept from round to round. Given
 * back after each, several processes would take turns, and redrive several times as often together.
 * A leader that dies loses its connection, and with it the lock.
 */
export function createLeader(url: string, lockId = redriveLockId): Leader {
  // One connection that is never retired: the lock belongs to its session. A session that holds the
  // lock already is granted it again, so asking anew also notices a connection that was replaced.
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
