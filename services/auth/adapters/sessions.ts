import { sql } from "drizzle-orm";
import * as v from "valibot";
import { Revocation, revocationKeys } from "#lib/contract/revocation.ts";
import type { Database } from "#lib/db/client.ts";
import { driverError } from "#lib/db/driver-error.ts";
import { revocations, sessions } from "#lib/db/schema.ts";
import { Fault } from "#lib/error/fault.ts";
import type { EndDeps } from "../end-session.ts";
import type { FinishDeps } from "../finish-sign-in.ts";
import type { RefreshDeps, Rotation } from "../refresh-session.ts";
import type { TokenExpiry } from "../session.ts";

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
      return row ? toRotation(v.parse(Rotated, row)) : { kind: "gone" };
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
      select id, access_jti, access_expires_at, refresh_jti, refreshed_at from ${sessions}
      where id = ${id} and expires_at > ${at(now)} for update
    ), rotated as (
      update ${sessions} as session set
        access_jti = ${next.accessJti}, access_expires_at = ${at(next.expiry.access)},
        refresh_jti = ${next.refreshJti}, expires_at = ${at(next.expiry.refresh)},
        refreshed_at = ${at(now)}
      from held where session.id = held.id and held.refresh_jti = ${refreshJti}
      returning session.id
    ), revoked as (
      insert into ${revocations} (key, expires_at)
      select ${revocationKeys.token("")}::text || held.access_jti, held.access_expires_at
      from held join rotated using (id) where held.access_expires_at > ${at(now)}
      returning key, expires_at
    )
    select rotated.id is not null as is_rotated, ${ms(sql`held.refreshed_at`)} as refreshed_at,
      revoked.key, ${ms(sql`revoked.expires_at`)} as expires_at
    from held left join rotated using (id) left join revoked on true`;
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
const Rotated = v.object({
  is_rotated: v.boolean(),
  refreshed_at: Ms,
  key: v.nullable(v.string()),
  expires_at: v.nullable(Ms),
});

function toRotation(row: v.InferOutput<typeof Rotated>): Rotation {
  if (!row.is_rotated) return { kind: "lost", refreshedAt: row.refreshed_at };
  const { key, expires_at } = row;
  const revoked = key === null || expires_at === null ? undefined : { key, expires_at };
  return { kind: "rotated", revoked };
}

function toRevocation(row: v.InferOutput<typeof Revoked>): Revocation {
  return v.parse(Revocation, row);
}
