import { and, eq } from "drizzle-orm";
import { type Database, databaseCall } from "#lib/db/client.ts";
import { createAccount } from "#lib/db/create-account.ts";
import { socialAccounts } from "#lib/db/schema.ts";
import { Fault } from "#lib/error/fault.ts";
import type { FinishDeps } from "../finish-sign-in.ts";
import type { Identity } from "../provider.ts";

/** Who an identity of a provider is here. */
export function createAccounts(db: Database): Pick<FinishDeps, "userOf"> {
  return {
    userOf: (provider, identity) =>
      databaseCall(async () => {
        const known = await find(db, provider, identity.id);
        if (known !== undefined) return known;
        const made = await make(db, provider, identity);
        // Another first sign-in of the same person was faster, and has ended.
        return made ?? found(await find(db, provider, identity.id));
      }),
  };
}

async function find(db: Database, provider: string, providerUserId: string) {
  const theirs = and(
    eq(socialAccounts.provider, provider),
    eq(socialAccounts.providerUserId, providerUserId),
  );
  const { userId } = socialAccounts;
  const [row] = await db.select({ userId }).from(socialAccounts).where(theirs);
  return row?.userId;
}

/**
 * The account first, which the other row refers to. Of two at once the second waits at the social account's
 * unique index, finds it taken, and takes its account back.
 */
async function make(db: Database, provider: string, { id, ...profile }: Identity) {
  const userId = crypto.randomUUID();
  const taken = new Error("another sign-in was faster");
  try {
    await db.transaction(async (tx) => {
      await tx.execute(createAccount(userId, profile));
      const made = await tx
        .insert(socialAccounts)
        .values({ userId, provider, providerUserId: id })
        .onConflictDoNothing()
        .returning({ userId: socialAccounts.userId });
      if (made.length === 0) throw taken;
    });
    return userId;
  } catch (error) {
    if (error === taken) return undefined;
    throw error;
  }
}

function found(userId: string | undefined): string {
  // Its account was deleted in the same moment: the next sign-in is somebody new.
  if (userId === undefined) throw new Fault("ACCOUNT_DELETED");
  return userId;
}
