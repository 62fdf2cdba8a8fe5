import { and, desc, eq, sql } from "drizzle-orm";
import type { Database } from "#lib/db/client.ts";
import { createAccount } from "#lib/db/create-account.ts";
import { accounts, characters, userCharacters } from "#lib/db/schema.ts";
import { Fault } from "#lib/error/fault.ts";
import type { Account } from "../account.ts";
import type { OwnedCharacter } from "../collection.ts";
import type { AccountStore } from "../open-account.ts";

export function createAccountStore(database: Database): AccountStore {
  return {
    account: async (userId) => {
      const [row] = await database.call((db) =>
        db.select(accountColumns).from(accounts).where(eq(accounts.id, userId)),
      );
      return row && toAccount(row);
    },
    changeAccount: async (userId, { nickname }) => {
      const [row] = await database.call((db) =>
        db
          .update(accounts)
          .set({ updatedAt: sql`now()`, ...(nickname === undefined ? {} : { nickname }) })
          .where(eq(accounts.id, userId))
          .returning(accountColumns),
      );
      return row && toAccount(row);
    },
    createAccount: async (userId) => {
      await database.call((db) => db.execute(createAccount(userId)));
    },
    collection: (userId) => readCollection(database, userId),
    ownership: (userId, name) => readOwnership(database, userId, name),
  };
}

const { id, nickname, email, createdAt } = accounts;
const accountColumns = { id, nickname, email, createdAt };

function toAccount(row: Omit<Account, "created_at"> & { createdAt: Date }): Account {
  const { createdAt: at, ...rest } = row;
  return { ...rest, created_at: at.toISOString() };
}

/** From the account outwards: no row is no account, and an account without characters is one row. */
async function readCollection(
  database: Database,
  userId: string,
): Promise<readonly OwnedCharacter[] | undefined> {
  const rows = await database.call((db) =>
    db
      .select({
        code: userCharacters.characterCode,
        grantedName: userCharacters.characterName,
        name: characters.name,
        dialog: characters.dialog,
        matchLabel: characters.matchLabel,
        acquiredAt: userCharacters.acquiredAt,
      })
      .from(accounts)
      .leftJoin(userCharacters, eq(userCharacters.userId, accounts.id))
      .leftJoin(characters, eq(characters.code, userCharacters.characterCode))
      .where(eq(accounts.id, userId))
      .orderBy(desc(userCharacters.acquiredAt), userCharacters.characterCode),
  );
  if (rows.length === 0) return undefined;
  return rows.flatMap(({ code, grantedName, name, dialog, matchLabel, acquiredAt }) => {
    if (code === null || grantedName === null || acquiredAt === null) return [];
    // A grant may arrive after its character has left the catalogue.
    return [{ code, name: name ?? grantedName, dialog: dialog ?? "", matchLabel, acquiredAt }];
  });
}

async function readOwnership(database: Database, userId: string, name: string) {
  const { characterCode, userId: owner, acquiredAt } = userCharacters;
  const [row] = await database.call((db) =>
    db
      .select({ accountId: accounts.id, acquiredAt })
      .from(characters)
      .leftJoin(accounts, eq(accounts.id, userId))
      .leftJoin(userCharacters, and(eq(characterCode, characters.code), eq(owner, accounts.id)))
      .where(eq(characters.name, name)),
  );
  if (!row) throw new Fault("CHARACTER_NOT_FOUND");
  return row.accountId === null ? undefined : { acquiredAt: row.acquiredAt };
}
