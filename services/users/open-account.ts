import { Fault } from "#lib/error/fault.ts";
import type { Account, AccountPatch } from "./account.ts";
import type { OwnedCharacter } from "./collection.ts";

/** Of one account; every answer is undefined when there is no such account. */
export interface AccountStore {
  account(userId: string): Promise<Account | undefined>;
  changeAccount(userId: string, patch: AccountPatch): Promise<Account | undefined>;
  /** Newest first. */
  collection(userId: string): Promise<readonly OwnedCharacter[] | undefined>;
  /** By the character's name. @throws Fault `CHARACTER_NOT_FOUND`. */
  ownership(userId: string, name: string): Promise<{ acquiredAt: Date | null } | undefined>;
  /**
   * Makes the account and grants the default character, all or nothing, once however many ask at once.
   * Nothing happens when the account exists, or did and was deleted.
   */
  createAccount(userId: string): Promise<void>;
}

/**
 * Reads or changes something of a user's account. What is asked for is asked first, and so the usual case
 * is a single query; the first sight of a user makes the account and asks again.
 *
 * @throws Fault `ACCOUNT_DELETED`.
 */
export async function openAccount<T>(
  { createAccount }: Pick<AccountStore, "createAccount">,
  userId: string,
  ask: () => Promise<T | undefined>,
): Promise<T> {
  const known = await ask();
  if (known !== undefined) return known;
  await createAccount(userId);
  const made = await ask();
  if (made === undefined) throw new Fault("ACCOUNT_DELETED");
  return made;
}
