import { Fault } from "#lib/error/fault.ts";
import type { Account, AccountPatch } from "./account.ts";
import type { OwnedCharacter } from "./collection.ts";

/** Accounts by user id; every method resolves to undefined when there is no such account. */
export interface AccountStore {
  account(userId: string): Promise<Account | undefined>;
  changeAccount(userId: string, patch: AccountPatch): Promise<Account | undefined>;
  /** Newest first. */
  collection(userId: string): Promise<readonly OwnedCharacter[] | undefined>;
  /** By the character's name. @throws Fault `CHARACTER_NOT_FOUND`. */
  ownership(userId: string, name: string): Promise<{ acquiredAt: Date | null } | undefined>;
  /**
   * Makes the account and grants the default character in one transaction, once under any concurrency.
   * Does nothing when the account exists, or was deleted.
   */
  createAccount(userId: string): Promise<void>;
}

/**
 * Runs an operation on a user's account, which the first request of a user makes. The operation is tried
 * before that, so the usual case is a single query.
 *
 * @throws Fault `ACCOUNT_DELETED`.
 */
export async function openAccount<T>(
  { createAccount }: Pick<AccountStore, "createAccount">,
  userId: string,
  operation: () => Promise<T | undefined>,
): Promise<T> {
  const outcome = await operation();
  if (outcome !== undefined) return outcome;
  await createAccount(userId);
  const afterwards = await operation();
  if (afterwards === undefined) throw new Fault("ACCOUNT_DELETED");
  return afterwards;
}
