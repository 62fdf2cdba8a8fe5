import { and, gt, inArray, isNotNull, isNull, lt, or, sql } from "drizzle-orm";
import type { Database } from "#lib/db/client.ts";
import { notDeleted } from "#lib/db/not-deleted.ts";
import { conversations, messages, scans, uploads } from "#lib/db/schema.ts";
import { Fault } from "#lib/error/fault.ts";
import type { UploadOwners } from "../remove-ownerless.ts";
import type { SweepUnusedDeps, UsedUpload } from "../sweep-unused.ts";

/** A signed URL takes a draft for five minutes after its account is gone, and a store takes seconds. */
const lateWriteMs = 10 * 60_000;
/** Looked for in all scans of their owners. */
const photosPerPage = 100;

export interface UploadRows extends UploadOwners, Unused {
  /** Forgets unconfirmed uploads, and confirmed photos of `scan`, from before these times. */
  forget(before: { readonly drafts: Date; readonly scanPhotos: Date | undefined }): Promise<void>;
}

type Unused = SweepUnusedDeps["owners"];

/** Who has uploaded what. The rows of a deleted account lose their user in its last step (`services/users`). */
export function createUploadRows(database: Database): UploadRows {
  const { key, userId, createdAt, confirmedAt, removedAt } = uploads;
  const isLate = lt(removedAt, sql`now() - ${lateWriteMs} * interval '1 ms'`);
  return {
    add: async (newKey, owner) => {
      const added = await database.call((db) =>
        db.execute(sql`insert into ${uploads} (key, user_id)
          select given.key, given.user_id
          from (select ${newKey}::text as key, ${owner}::text as user_id) as given
          where ${notDeleted(sql`given.user_id`)} returning key`),
      );
      if (added.length === 0) throw new Fault("ACCOUNT_DELETED");
    },
    confirm: async (ownKey, owner, photoHash) => {
      // A key that was offered by the release before has no row yet.
      const confirmed = await database.call((db) =>
        db.execute(sql`insert into ${uploads} (key, user_id, photo_hash, confirmed_at)
          select given.key, given.user_id, ${photoHash ?? null}::text, now()
          from (select ${ownKey}::text as key, ${owner}::text as user_id) as given
          where ${notDeleted(sql`given.user_id`)}
          on conflict (key) do update set
            photo_hash = case when uploads.confirmed_at is null or uploads.photo_hash = excluded.photo_hash
              then excluded.photo_hash end,
            confirmed_at = coalesce(uploads.confirmed_at, now())
          where uploads.user_id = excluded.user_id returning key`),
      );
      return confirmed.length > 0;
    },
    ownerless: async (after, limit) => {
      const due = and(isNull(userId), or(isNull(removedAt), isLate), gt(key, after));
      const rows = await database.call((db) =>
        db.select({ key }).from(uploads).where(due).orderBy(key).limit(limit),
      );
      return rows.map((row) => row.key);
    },
    removed: async (keys) => {
      const theirs = inArray(key, [...keys]);
      await database.call(async (db) => {
        await db.delete(uploads).where(and(theirs, isLate));
        await db
          .update(uploads)
          .set({ removedAt: sql`now()` })
          .where(and(theirs, isNull(removedAt)));
      });
    },
    // By the key alone, wherever in the address: the origin of the store may have been another one.
    confirmedScanPhotos: (after, before) =>
      database.call((db) =>
        db.execute<UsedUpload & Record<string, unknown>>(sql`
          select key, created_at::text as "createdAt", exists (
            select 1 from ${scans}
            where scans.user_id = uploads.user_id and strpos(scans.image_url, uploads.key) > 0
          ) or exists (
            select 1 from ${messages} join ${conversations} on conversations.id = messages.chat_id
            where conversations.user_id = uploads.user_id and strpos(messages.image_url, uploads.key) > 0
          ) as "isUsed"
          from ${uploads}
          where (created_at, key) > (${after.createdAt}::timestamptz, ${after.key})
            and created_at < ${before.toISOString()}::timestamptz
            and confirmed_at is not null and user_id is not null and key like 'scan.%'
          order by created_at, key limit ${photosPerPage}`),
      ),
    forgetUnused: async (keys) => {
      const theirs = and(inArray(key, [...keys]), isNotNull(userId));
      await database.call((db) => db.delete(uploads).where(theirs));
    },
    forget: async ({ drafts, scanPhotos }) => {
      const expired = and(isNull(confirmedAt), lt(createdAt, drafts));
      const old = scanPhotos && and(lt(confirmedAt, scanPhotos), sql`${key} like 'scan.%'`);
      const owned = isNotNull(userId);
      await database.call((db) => db.delete(uploads).where(and(owned, or(expired, old))));
    },
  };
}
