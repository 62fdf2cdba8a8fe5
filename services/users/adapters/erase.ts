import { and, eq, inArray, sql } from "drizzle-orm";
import { revocationKeys } from "#lib/contract/revocation.ts";
import type { Database } from "#lib/db/client.ts";
import { idHash } from "#lib/db/not-deleted.ts";
import type { Drizzle } from "#lib/db/pool.ts";
import {
  accounts,
  characterOwnerships,
  conversations,
  deletedAccounts,
  messages,
  revocations,
  scans,
  uploads,
  userCharacters,
} from "#lib/db/schema.ts";
import { deliveries, webhooks } from "#lib/db/webhook-schema.ts";
import { livesS } from "#lib/token/token.ts";
import { removeDeliveries } from "#lib/webhook/remove-deliveries.ts";
import type { DeleteAccountDeps } from "../delete-account.ts";

/** For all locks together. Above a second, after which PostgreSQL itself ends a vacuum in the way. */
const lockTimeoutMs = 3_000;
/** Between two statements of ours lie microseconds; a process that hangs must not hold up every writer. */
const idleTimeoutMs = 2_000;
/** The process that signed a token set its expiry by its own clock. */
const clockSkewS = 60;

/** The rows of `deleteAccount`. */
export function createEraser(
  database: Database,
): Omit<
  DeleteAccountDeps,
  "forgetJobs" | "forgetChatJobs" | "forgetReservations" | "removePhotos"
> {
  return {
    isDeleted: async (userId) => {
      const mark = eq(deletedAccounts.idHash, idHash(sql`${userId}`));
      const found = await database.call((db) => db.select().from(deletedAccounts).where(mark));
      return found.length > 0;
    },
    someScans: async (userId, limit) => {
      const { jobId } = scans;
      const rows = await database.call((db) =>
        db.select({ jobId }).from(scans).where(eq(scans.userId, userId)).limit(limit),
      );
      return rows.map((row) => row.jobId);
    },
    removeScans: async (userId, jobIds) => {
      const theirs = and(eq(scans.userId, userId), inArray(scans.jobId, [...jobIds]));
      await database.call((db) => db.delete(scans).where(theirs));
    },
    someChatJobs: async (userId, limit) => {
      const { jobId } = messages;
      const rows = await database.call((db) =>
        db
          .select({ jobId })
          .from(messages)
          .innerJoin(conversations, eq(conversations.id, messages.chatId))
          .where(and(eq(conversations.userId, userId), eq(messages.role, "user")))
          .limit(limit),
      );
      return rows.map((row) => row.jobId);
    },
    removeChatMessages: async (userId, jobIds) => {
      const ofUser = sql`${messages.chatId} in (
        select id from ${conversations} where user_id = ${userId})`;
      const theirs = and(inArray(messages.jobId, [...jobIds]), ofUser);
      await database.call((db) => db.delete(messages).where(theirs));
    },
    removeDeliveries: (userId) =>
      removeDeliveries(
        database,
        sql`${deliveries.webhookId} in (select id from ${webhooks} where user_id = ${userId})`,
      ),
    erase: (userId) => database.call((db) => erase(db, userId)),
  };
}

/**
 * A statement sees what was committed when it began. One that began before the mark would not see it,
 * and could write a row after the others were deleted. The lock waits for those, and later ones wait
 * until the mark is committed. The lock is held for milliseconds; two deletions exclude each other. The
 * order of the tables is the one in which an account is made.
 */
async function erase(db: Drizzle, userId: string): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql`select
      set_config('statement_timeout', ${String(lockTimeoutMs)}, true),
      set_config('idle_in_transaction_session_timeout', ${String(idleTimeoutMs)}, true)`);
    await tx.execute(sql`lock table
      ${accounts}, ${characterOwnerships}, ${userCharacters}, ${scans}, ${uploads}, ${conversations},
      ${messages}, ${webhooks}
      in share row exclusive mode`);
    // With the account go its social accounts and sessions, with a conversation its messages,
    // with a webhook its secrets and deliveries. In one statement, to be back soon.
    await tx.execute(sql`
      with account as (delete from ${accounts} where id = ${userId} returning id),
        revoked as (
          insert into ${revocations} (key, expires_at)
          select ${revocationKeys.user(userId)},
            clock_timestamp() + ${livesS.access + clockSkewS} * interval '1 s' from account
        ),
        owned as (delete from ${characterOwnerships} where user_id = ${userId}),
        shown as (delete from ${userCharacters} where user_id = ${userId}),
        scanned as (delete from ${scans} where user_id = ${userId}),
        hooked as (delete from ${webhooks} where user_id = ${userId}),
        talked as (delete from ${conversations} where user_id = ${userId}),
        uploaded as (update ${uploads} set user_id = null where user_id = ${userId})
      insert into ${deletedAccounts} (id_hash) values (${idHash(sql`${userId}::text`)})
      on conflict do nothing`);
  });
}
