import { asc, inArray, isNull, lt, sql } from "drizzle-orm";
import { type Revocation, revocationKeys } from "#lib/contract/revocation.ts";
import type { Database } from "#lib/db/client.ts";
import type { Drizzle, Transaction } from "#lib/db/pool.ts";
import { replacedTokens, revocations, sessions } from "#lib/db/schema.ts";
import type { RelayDeps } from "../relay.ts";
import { replacedGraceMs } from "../session.ts";

/**
 * Longer than a publisher confirm may take; a relay that hangs must not hold its rows' locks for
 * long.
 */
const idleTimeoutMs = 7_000;
/** A revocation list rereads rows that are up to about a minute old. */
const keptAfterExpiryMs = 3_600_000;
const sweptMax = 10_000;

/**
 * `auth.revocations` as a transactional outbox, the revocation of replaced access tokens, and the
 * sweep of expired revocations and sessions.
 */
export function createOutbox(database: Database): Pick<RelayDeps, "publishPending"> & {
  /** Revokes the access tokens that were replaced `replacedGraceMs` ago. */
  revokeReplaced(now: number): Promise<void>;
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
    revokeReplaced: async (now) => {
      await database.call((db) => db.execute(revokeReplacedStatement(new Date(now))));
    },
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

/** Rows that another process is moving are skipped. A token that has expired needs no revocation. */
function revokeReplacedStatement(now: Date) {
  const until = new Date(now.getTime() - replacedGraceMs).toISOString();
  return sql`
    with due as (
      select refresh_jti from ${replacedTokens} where replaced_at <= ${until}::timestamptz
      order by replaced_at limit ${sweptMax} for update skip locked
    ), removed as (
      delete from ${replacedTokens} as replaced using due
      where replaced.refresh_jti = due.refresh_jti
      returning replaced.access_jti, replaced.access_expires_at
    )
    insert into ${revocations} (key, expires_at)
    select ${revocationKeys.token("")}::text || access_jti, access_expires_at from removed
    where access_expires_at > ${now.toISOString()}::timestamptz`;
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
