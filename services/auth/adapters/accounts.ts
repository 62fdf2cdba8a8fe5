import { and, eq } from "drizzle-orm";
import type { Database } from "#lib/db/client.ts";
import { createAccount } from "#lib/db/create-account.ts";
import type { Drizzle } from "#lib/db/pool.ts";
import { socialAccounts } from "#lib/db/schema.ts";
import { Fault } from "#lib/error/fault.ts";
import type { FinishDeps } from "../finish-sign-in.ts";
import type { Identity } from "../provider.ts";

/** Users by their identity at a provider. */
export function createAccounts(database: Database): FinishDeps["accounts"] {
  return {
    userOf: (provider, identity) =>
      database.call(async (db) => {
        const existing = await find(db, provider, identity.id);
        if (existing !== undefined) return existing;
        const created = await create(db, provider, identity);
        // Undefined: a concurrent first sign-in of the same person has committed before this one.
        return created ?? required(await find(db, provider, identity.id));
      }),
  };
}

async function find(db: Drizzle, provider: string, providerUserId: string) {
  const isIdentity = and(
    eq(socialAccounts.provider, provider),
    eq(socialAccounts.providerUserId, providerUserId),
  );
  const { userId } = socialAccounts;
  const [row] = await db.select({ userId }).from(socialAccounts).where(isIdentity);
  return row?.userId;
}

/**
 * The account comes first, because the social account refers to it. Of two concurrent transactions
 * the second waits at the social account's unique index, conflicts, and rolls its account back.
 */
async function create(db: Drizzle, provider: string, { id, ...profile }: Identity) {
  const userId = crypto.randomUUID();
  const conflict = new Error("a concurrent sign-in created the account");
  try {
    await db.transaction(async (tx) => {
      await tx.execute(createAccount(userId, profile));
      const inserted = await tx
        .insert(socialAccounts)
        .values({ userId, provider, providerUserId: id })
        .onConflictDoNothing()
        .returning({ userId: socialAccounts.userId });
      if (inserted.length === 0) throw conflict;
    });
    return userId;
  } catch (error) {
    if (error === conflict) return undefined;
    throw error;
  }
}

function required(userId: string | undefined): string {
  // The account was deleted at the same moment; the next sign-in creates a new one.
  if (userId === undefined) throw new Fault("ACCOUNT_DELETED");
  return userId;
}
