import { and, eq, gt, sql } from "drizzle-orm";
import * as v from "valibot";
import { Revocation, revocationKeys } from "#lib/contract/revocation.ts";
import type { Database } from "#lib/db/client.ts";
import { driverError } from "#lib/db/driver-error.ts";
import type { Drizzle } from "#lib/db/pool.ts";
import { replacedTokens, revocations, sessions } from "#lib/db/schema.ts";
import { Fault } from "#lib/error/fault.ts";
import type { EndDeps } from "../end-session.ts";
import type { FinishDeps } from "../finish-sign-in.ts";
import type { RefreshDeps } from "../refresh-session.ts";
import { replacedGraceMs, type TokenExpiry } from "../session.ts";

/** SQLSTATE. */
const foreignKeyViolation = "23503";

/**
 * The rows of sessions. Every change and its revocation are one statement, so a session never ends
 * without a pending revocation. Times come from the process's clock, as those in its tokens do.
 */
export function createSessions(
  database: Database,
): FinishDeps["sessions"] & RefreshDeps["sessions"] & EndDeps["sessions"] {
  return {
    open: async (session, expiry, now) => {
      const { id, userId, provider, accessJti, refreshJti } = session;
      const [accessExpiresAt, expiresAt] = [expiry.access, expiry.refresh];
      const tokens = { accessJti, refreshJti, accessExpiresAt, expiresAt };
      const at = { createdAt: new Date(now), refreshedAt: new Date(now) };
      try {
        const row = { id, userId, provider, ...tokens, ...at };
        await database.call((db) => db.insert(sessions).values(row));
      } catch (error) {
        // The account was deleted after it was looked up; the next sign-in creates a new one.
        const isDeleted = driverError(error)?.code === foreignKeyViolation;
        throw isDeleted ? new Fault("ACCOUNT_DELETED", { cause: error }) : error;
      }
    },
    rotate: async (session, refreshJti, expiry, now) => {
      const { id, accessJti, refreshJti: nextRefreshJti } = session;
      const next = { accessJti, refreshJti: nextRefreshJti, expiry };
      const [row] = await database.call((db) =>
        db.execute(rotateStatement(id, refreshJti, next, now)),
      );
      if (!row) return { kind: "gone" };
      if (v.parse(Rotated, row).is_rotated) return { kind: "rotated" };
      const [current] = await database.call((db) => selectSuccessor(db, id, refreshJti, now));
      if (!current) return { kind: "reused" };
      const { refreshedAt, ...pair } = current;
      const repeated = { ...session, ...pair };
      return { kind: "repeated", current: repeated, refreshedAt: refreshedAt.getTime() };
    },
    remove: async (sid, now) => {
      const [row] = await database.call((db) => db.execute(removeStatement(sid, now)));
      return row && toRevocation(v.parse(Revoked, row));
    },
  };
}

interface Next {
  readonly accessJti: string;
  readonly refreshJti: string;
  readonly expiry: TokenExpiry;
}

/**
 * `held` waits for the row's lock and then reads the row as the previous holder left it. The
 * comparison with `refreshJti` therefore sees the current token, and only the first of any number
 * of calls matches. The comparison must not move into the condition of `held`: a lost race would
 * then look like a missing session.
 */
function rotateStatement(id: string, refreshJti: string, next: Next, now: number) {
  return sql`
    with held as (
      select id, access_jti, access_expires_at, refresh_jti from ${sessions}
      where id = ${id} and expires_at > ${at(now)} for update
    ), rotated as (
      update ${sessions} as session set
        access_jti = ${next.accessJti}, access_expires_at = ${at(next.expiry.access)},
        refresh_jti = ${next.refreshJti}, expires_at = ${at(next.expiry.refresh)},
        refreshed_at = ${at(now)}
      from held where session.id = held.id and held.refresh_jti = ${refreshJti}
      returning session.id
    ), replaced as (
      insert into ${replacedTokens}
        (refresh_jti, session_id, access_jti, access_expires_at, replaced_at)
      select held.refresh_jti, held.id, held.access_jti, held.access_expires_at, ${at(now)}
      from held join rotated using (id)
    )
    select rotated.id is not null as is_rotated from held left join rotated using (id)`;
}

/**
 * The session's current pair, if `refreshJti` was just replaced. A statement of its own: the one
 * that waited for the lock does not see the row that the holder of the lock has inserted.
 */
function selectSuccessor(db: Drizzle, id: string, refreshJti: string, now: number) {
  const isReplaced = and(
    eq(replacedTokens.refreshJti, refreshJti),
    gt(replacedTokens.replacedAt, new Date(now - replacedGraceMs)),
    eq(sessions.id, id),
  );
  const { accessJti, refreshJti: currentRefreshJti, refreshedAt } = sessions;
  return db
    .select({ accessJti, refreshJti: currentRefreshJti, refreshedAt })
    .from(replacedTokens)
    .innerJoin(sessions, eq(sessions.id, replacedTokens.sessionId))
    .where(isReplaced);
}

function removeStatement(sid: string, now: number) {
  return sql`
    with removed as (
      delete from ${sessions} where id = ${sid} returning id, access_expires_at
    )
    insert into ${revocations} as revoked (key, expires_at)
    select ${revocationKeys.session("")}::text || id, access_expires_at from removed
    where access_expires_at > ${at(now)}
    returning revoked.key, ${ms(sql`revoked.expires_at`)} as expires_at`;
}

/** As text: in a raw statement the driver does not know that the parameter is a time. */
function at(time: Date | number) {
  return sql`${new Date(time).toISOString()}::timestamptz`;
}

/** Milliseconds since the Unix epoch, as text. */
function ms(time: ReturnType<typeof sql>) {
  return sql`floor(extract(epoch from ${time}) * 1000)::bigint::text`;
}

const Ms = v.pipe(v.string(), v.transform(Number));
const Revoked = v.object({ key: v.string(), expires_at: Ms });
const Rotated = v.object({ is_rotated: v.boolean() });

function toRevocation(row: v.InferOutput<typeof Revoked>): Revocation {
  return v.parse(Revocation, row);
}
