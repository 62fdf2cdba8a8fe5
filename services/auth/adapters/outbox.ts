import { asc, inArray, isNull, lt, sql } from "drizzle-orm";
import type { Revocation } from "#lib/contract/revocation.ts";
import type { Database } from "#lib/db/client.ts";
import type { Drizzle, Transaction } from "#lib/db/pool.ts";
import { revocations, sessions } from "#lib/db/schema.ts";
import type { RelayDeps } from "../relay.ts";

/**
 * Longer than a publisher confirm may take; a relay that hangs must not hold its rows' locks for
 * long.
 */
const idleTimeoutMs = 7_000;
/** A revocation list rereads rows that are up to about a minute old. */
const keptAfterExpiryMs = 3_600_000;
const sweptMax = 10_000;

/**
 * `auth.revocations` as a transactional outbox, and the sweep of expired revocations and sessions.
 */
export function createOutbox(database: Database): Pick<RelayDeps, "publishPending"> & {
  sweep(now: number): Promise<void>;
} {
  return {
    publishPending: (limit, publish) =>
      database.call(async (db) => {
        // Nearly always nothing is pending: one query without a transaction finds that out.
        const [any] = await pending(db).limit(1);
        if (!any) return { found: 0, failures: [] };
        return db.transaction((tx) => publishRows(tx, limit, publish));
      }),
    sweep: async (now) => {
      const isObsolete = lt(revocations.expiresAt, new Date(now - keptAfterExpiryMs));
      const { id } = revocations;
      await database.call((db) => {
        const obsolete = db.select({ id }).from(revocations).where(isObsolete).limit(sweptMax);
        return db.delete(revocations).where(inArray(id, obsolete));
      });
      const isOver = lt(sessions.expiresAt, new Date(now));
      await database.call((db) => {
        const over = db.select({ id: sessions.id }).from(sessions).where(isOver).limit(sweptMax);
        return db.delete(sessions).where(inArray(sessions.id, over));
      });
    },
  };
}

function pending(db: Pick<Drizzle, "select">) {
  const { id, key, expiresAt, publishedAt } = revocations;
  return db.select({ id, key, expiresAt }).from(revocations).where(isNull(publishedAt)).$dynamic();
}

/** The rows stay locked until they are marked; another relay skips locked rows. */
async function publishRows(
  tx: Transaction,
  limit: number,
  publish: (one: Revocation) => Promise<void>,
) {
  await tx.execute(
    sql`select set_config('idle_in_transaction_session_timeout', ${String(idleTimeoutMs)}, true)`,
  );
  const rows = await pending(tx)
    .orderBy(asc(revocations.id))
    .limit(limit)
    .for("update", { skipLocked: true });
  const outcomes = await Promise.allSettled(
    rows.map(({ key, expiresAt }) => publish({ key, expires_at: expiresAt.getTime() })),
  );
  const published = rows.filter((_, i) => outcomes[i]?.status === "fulfilled").map(({ id }) => id);
  if (published.length > 0) {
    const publishedAt = sql`now()`;
    await tx.update(revocations).set({ publishedAt }).where(inArray(revocations.id, published));
  }
  const failures = outcomes.filter((one) => one.status === "rejected").map(({ reason }) => reason);
  return { found: rows.length, failures };
}
