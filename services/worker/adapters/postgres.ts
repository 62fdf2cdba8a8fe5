import { and, eq, sql } from "drizzle-orm";
import type { Character } from "#lib/contract/character.ts";
import type { OwnershipGrant } from "#lib/contract/scan-message.ts";
import { type Database, databaseCall } from "#lib/db/client.ts";
import { createGroupCommit } from "#lib/db/group-commit.ts";
import { characterOwnerships, characters, userCharacters } from "#lib/db/schema.ts";
import { uniqueBy } from "#lib/db/unique-by.ts";
import type { MatchDeps } from "../tasks/character.match.ts";

export function createCatalogLoader(db: Database): () => Promise<readonly Character[]> {
  return () => databaseCall(() => db.select().from(characters));
}

export function createOwnershipReader(db: Database): Pick<MatchDeps["ownerships"], "grantedBy"> {
  return {
    grantedBy: async (userId, characterCode) => {
      const owned = and(
        eq(characterOwnerships.userId, userId),
        eq(characterOwnerships.characterCode, characterCode),
      );
      const [row] = await databaseCall(() =>
        db.select({ jobId: characterOwnerships.jobId }).from(characterOwnerships).where(owned),
      );
      return row ? (row.jobId ?? "unknown") : "none";
    },
  };
}

/** Who owns what: the first grant stands. */
export function createOwnershipWriter(db: Database): (grant: OwnershipGrant) => Promise<void> {
  return createGroupCommit<OwnershipGrant, void>(async (grants) => {
    const rows = grants.map((grant) => ({
      userId: grant.user_id,
      characterCode: grant.character_code,
      jobId: grant.job_id,
      acquiredAt: new Date(grant.granted_at),
    }));
    await databaseCall(() => db.insert(characterOwnerships).values(rows).onConflictDoNothing());
    return () => undefined;
  });
}

/** The user's own view: the name follows the newest grant, the day of the first one stays. */
export function createUserCharacterWriter(db: Database): (grant: OwnershipGrant) => Promise<void> {
  return createGroupCommit<OwnershipGrant, void>(async (grants) => {
    const rows = grants.map((grant) => ({
      userId: grant.user_id,
      characterCode: grant.character_code,
      characterName: grant.character_name,
      acquiredAt: new Date(grant.granted_at),
    }));
    await databaseCall(() =>
      db
        .insert(userCharacters)
        // One statement may not update the same row twice.
        .values(uniqueBy(rows, (row) => `${row.userId} ${row.characterCode}`))
        .onConflictDoUpdate({
          target: [userCharacters.userId, userCharacters.characterCode],
          set: { characterName: sql`excluded.character_name`, updatedAt: sql`now()` },
        }),
    );
    return () => undefined;
  });
}
