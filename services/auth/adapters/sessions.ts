import { sql } from "drizzle-orm";
import * as v from "valibot";
import { Revocation, revocationKeys } from "#lib/contract/revocation.ts";
import { type Database, databaseCall } from "#lib/db/client.ts";
import { driverError } from "#lib/db/driver-error.ts";
import { revocations, sessions } from "#lib/db/schema.ts";
import { Fault } from "#lib/error/fault.ts";
import type { EndDeps } from "../end-session.ts";
import type { FinishDeps } from "../finish-sign-in.ts";
import type { RefreshDeps, Rotation } from "../refresh-session.ts";

/** SQLSTATE. */
const foreignKeyViolation = "23503";

/**
 * The rows of sessions. Every change is one statement together with what it revokes, so there is no moment
 * in which a session is over and nobody will be told. Times are the process's own, as its tokens' are.
 */
export function createSessions(
  db: Database,
): Pick<FinishDeps, "openSession"> & Pick<RefreshDeps, "rotate"> & Pick<EndDeps, "removeSession"> {
  return {
    openSession: async (session, ends, now) => {
      const { id, userId, provider, accessJti, refreshJti } = session;
      const [accessExpiresAt, expiresAt] = [ends.access, ends.refresh];
      const tokens = { accessJti, refreshJti, accessExpiresAt, expiresAt };
      const at = { createdAt: new Date(now), refreshedAt: new Date(now) };
      try {
        const row = { id, userId, provider, ...tokens, ...at };
        await databaseCall(() => db.insert(sessions).values(row));
      } catch (error) {
        // Deleted since it was looked up: the next sign-in is somebody new.
        const isDeleted = driverError(error)?.code === foreignKeyViolation;
        throw isDeleted ? new Fault("ACCOUNT_DELETED", { cause: error }) : error;
      }
    },
    rotate: async (session, refreshJti, ends, now) => {
      const { id, accessJti, refreshJti: nextRefreshJti } = session;
      const next = { accessJti, refreshJti: nextRefreshJti, ends };
      const [row] = await databaseCall(() => db.execute(rotate(id, refreshJti, next, now)));
      return row ? toRotation(v.parse(Rotated, row)) : { kind: "gone" };
    },
    removeSession: async (sid, now) => {
      const [row] = await databaseCall(() => db.execute(remove(sid, now)));
      return row && toRevocation(v.parse(Revoked, row));
    },
  };
}

interface Next {
  readonly accessJti: string;
  readonly refreshJti: string;
  readonly ends: { readonly access: Date; readonly refresh: Date };
}

/**
 * `held` waits for whoever has the row, and then has it as they left it: so the comparison with the token
 * is with what holds now, and the first of any number is the only one to match. It must not be part of the
 * condition of `held`, which would make a token that lost look like a session that is gone.
 */
function rotate(id: string, refreshJti: string, next: Next, now: number) {
  return sql`
    with held as (
      select id, access_jti, access_expires_at, refresh_jti, refreshed_at from ${sessions}
      where id = ${id} and expires_at > ${at(now)} for update
    ), rotated as (
      update ${sessions} as session set
        access_jti = ${next.accessJti}, access_expires_at = ${at(next.ends.access)},
        refresh_jti = ${next.refreshJti}, expires_at = ${at(next.ends.refresh)},
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

function remove(sid: string, now: number) {
  return sql`
    with removed as (
      delete from ${sessions} where id = ${sid} returning id, access_expires_at
    )
    insert into ${revocations} as revoked (key, expires_at)
    select ${revocationKeys.session("")}::text || id, access_expires_at from removed
    where access_expires_at > ${at(now)}
    returning revoked.key, ${ms(sql`revoked.expires_at`)} as expires_at`;
}

/** As text: in a raw statement the driver does not know that a parameter is a time. */
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
