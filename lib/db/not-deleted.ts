import { type SQL, sql } from "drizzle-orm";
import { deletedAccounts } from "./schema.ts";

/** In a statement: what `deleted_accounts` knows a user by. */
export function idHash(userId: SQL): SQL {
  return sql`sha256(convert_to(${userId}, 'UTF8'))`;
}

/**
 * In a statement that writes rows of users: true unless the account was deleted. Every such statement
 * has it, or a scan that was running when its user left, or a grant from an archive, would bring rows
 * back that nobody deletes again. A deletion waits for every statement that began before it.
 *
 * Not `not exists`, which PostgreSQL may turn into one look at the whole table.
 */
export function notDeleted(userId: SQL): SQL {
  return sql`(
    select true from ${deletedAccounts} as deleted where deleted.id_hash = ${idHash(userId)}
  ) is null`;
}
