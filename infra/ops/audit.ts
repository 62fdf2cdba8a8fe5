import { userInfo } from "node:os";
import { eq } from "drizzle-orm";
import type { Database } from "#lib/db/client.ts";
import { audit } from "#lib/db/schema.ts";
import type { Logger } from "#lib/log/logger.ts";

export interface Action {
  readonly action: string;
  readonly queue: string;
  readonly jobIds: readonly string[];
}

export type Counts = Readonly<Record<string, number>>;

/**
 * Does something that changes the system, on record: a row of `ops.audit` and a log line. The row is
 * written first, so that nothing happens unrecorded; it gets its counts when the action is over, and an
 * action that dies half-way leaves a row without.
 */
export async function audited(
  { database, log }: { database: Database; log: Logger },
  { action, queue, jobIds }: Action,
  act: () => Promise<Counts>,
): Promise<Counts> {
  const who = userName();
  const [row] = await database.call((db) =>
    db
      .insert(audit)
      .values({ who, action, queue, jobIds: [...jobIds] })
      .returning({ id: audit.id }),
  );
  if (!row) throw new Error("the audit row was not written");
  let counts: Counts | null = null;
  try {
    counts = await act();
    const done = { ...counts };
    await database.call((db) => db.update(audit).set({ counts: done }).where(eq(audit.id, row.id)));
    return counts;
  } finally {
    log.info("audit", { who, action, queue, job_ids: jobIds, counts });
  }
}

/** A container may run as a number that has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}
