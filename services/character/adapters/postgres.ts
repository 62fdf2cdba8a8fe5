import { eq, sql } from "drizzle-orm";
import type { Database } from "#lib/db/client.ts";
import { driverError } from "#lib/db/driver-error.ts";
import type { Drizzle, Transaction } from "#lib/db/pool.ts";
import {
  characterOwnerships,
  characters,
  editedCharacters,
  userCharacters,
} from "#lib/db/schema.ts";
import { Fault } from "#lib/error/fault.ts";
import type { FaultCode } from "#lib/error/fault-table.ts";
import type { ChangeCatalogDeps } from "../change-catalog.ts";

export function createCatalogStore(database: Database): ChangeCatalogDeps["store"] {
  /** From here on the seed leaves the code alone, whether it is changed or deleted. */
  const edit = <T>(code: string, work: (tx: Transaction) => Promise<T>) =>
    ruled(database, (db) =>
      db.transaction(async (tx) => {
        await tx.insert(editedCharacters).values({ code }).onConflictDoNothing();
        return work(tx);
      }),
    );
  return {
    add: (character) =>
      edit(character.code, async (tx) => {
        await tx.insert(characters).values(character);
      }),
    change: (code, change) =>
      edit(code, async (tx) => {
        const next = change(await lock(tx, code));
        const { code: _, ...fields } = next;
        const updatedAt = sql`now()`;
        await tx
          .update(characters)
          .set({ ...fields, updatedAt })
          .where(eq(characters.code, code));
        return next;
      }),
    remove: (code) =>
      edit(code, async (tx) => {
        const { isDefault } = await lock(tx, code);
        if (isDefault) throw new Fault("DEFAULT_CHARACTER_FIXED");
        if (await isOwned(tx, code)) throw new Fault("CHARACTER_OWNED");
        await tx.delete(characters).where(eq(characters.code, code));
      }),
  };
}

const { code, name, matchLabel, dialog, isDefault } = characters;
const columns = { code, name, matchLabel, dialog, isDefault };

/** The character as it is, for this transaction alone. */
async function lock(tx: Transaction, wanted: string) {
  const [found] = await tx.select(columns).from(characters).where(eq(code, wanted)).for("update");
  if (!found) throw new Fault("CHARACTER_NOT_FOUND");
  return found;
}

/** A grant that is still queued is not seen; its owner keeps the name it was granted with. */
async function isOwned(tx: Transaction, wanted: string): Promise<boolean> {
  const [found] = await tx.execute(sql`select
    exists (select from ${characterOwnerships} where character_code = ${wanted})
    or exists (select from ${userCharacters} where character_code = ${wanted}) as owned`);
  return found?.owned === true;
}

/** A rule that only the database can hold, because it alone sees what others write at the same time. */
const RULES: Readonly<Record<string, FaultCode>> = {
  characters_pkey: "CHARACTER_EXISTS",
  characters_name_unique: "CHARACTER_NAME_TAKEN",
  characters_match_label_unique: "MATCH_LABEL_TAKEN",
  characters_one_default: "DEFAULT_CHARACTER_FIXED",
};

async function ruled<T>(
  { call }: Pick<Database, "call">,
  work: (db: Drizzle) => Promise<T>,
): Promise<T> {
  try {
    return await call(work);
  } catch (error) {
    const rule = brokenRule(error);
    throw rule ? new Fault(rule, { cause: error }) : error;
  }
}

function brokenRule(error: unknown): FaultCode | undefined {
  const broken = driverError(error);
  return broken && "constraint_name" in broken ? RULES[String(broken.constraint_name)] : undefined;
}
