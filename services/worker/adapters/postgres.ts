import { sql } from "drizzle-orm";
import type { OwnershipGrant } from "#lib/contract/character-message.ts";
import { batchStatement, givenRows } from "#lib/db/batch-statement.ts";
import type { Database } from "#lib/db/client.ts";
import { createGroupCommit } from "#lib/db/group-commit.ts";
import { notDeleted } from "#lib/db/not-deleted.ts";
import { characterOwnerships, uploads, userCharacters } from "#lib/db/schema.ts";
import { uniqueSorted } from "#lib/db/unique-sorted.ts";
import type { MatchDeps, OwnedCharacter } from "../tasks/character.match.ts";

/** The characters of a user. */
export function createOwnershipReader(database: Database): Pick<MatchDeps["ownerships"], "ofUser"> {
  // One query for all who ask at once; a lone one asks at once.
  const ofUser = createGroupCommit<string, readonly OwnedCharacter[]>("owned", async (asked) => {
    const users = [...new Set(asked)].map((user_id) => ({ user_id }));
    const rows = await database.call((db) => selectOwned(db, users));
    const rowsOf = Map.groupBy(rows, ({ user_id }) => user_id);
    return (userId) =>
      rowsOf.get(userId)?.map(({ code, job_id, photo }) => ({ code, jobId: job_id, photo })) ?? [];
  });
  return { ofUser };
}

/** Perceptual hash of an upload by its key; undefined for one that is unknown, or has gone with its account. */
export function createUploadHashReader(
  database: Database,
): (key: string) => Promise<string | undefined> {
  return createGroupCommit<string, string | undefined>("upload hashes", async (asked) => {
    const keys = [...new Set(asked)].map((key) => ({ key }));
    const rows = await database.call((db) => selectHashes(db, keys));
    const hashes = new Map(rows.map(({ key, photo_hash }) => [key, photo_hash ?? undefined]));
    return (key) => hashes.get(key);
  });
}

/** Who owns what: the first grant stands. One to a user who has left since is dropped. */
export function createOwnershipWriter(
  database: Database,
): (grant: OwnershipGrant) => Promise<void> {
  return createGroupCommit<OwnershipGrant, void>("ownerships", async (grants) => {
    await database.call((db) => insertOwnerships(db, uniqueSorted(grants, keyOf)));
    return () => undefined;
  });
}

/** The user's own view: the name follows the newest grant, the day of the first one stays. */
export function createUserCharacterWriter(
  database: Database,
): (grant: OwnershipGrant) => Promise<void> {
  return createGroupCommit<OwnershipGrant, void>("user_characters", async (grants) => {
    // One statement may not update the same row twice.
    await database.call((db) => upsertUserCharacters(db, uniqueSorted(grants, keyOf)));
    return () => undefined;
  });
}

type Ownership = Pick<OwnershipGrant, "user_id" | "character_code">;

/** PostgreSQL holds no NUL in a text, so no two ownerships it holds have the same key. */
function keyOf({ user_id, character_code }: Ownership): string {
  return `${user_id}\0${character_code}`;
}

const grant = sql`${givenRows} as given(
  job_id uuid, user_id text, character_code text, character_name text, granted_at float8, photo text)
  where ${notDeleted(sql`given.user_id`)}`;

const insertOwnerships = batchStatement(sql`
  insert into ${characterOwnerships} (user_id, character_code, job_id, acquired_at, photo)
  select user_id, character_code, job_id, to_timestamp(granted_at / 1000), photo from ${grant}
  on conflict do nothing`);

const upsertUserCharacters = batchStatement(sql`
  insert into ${userCharacters} (user_id, character_code, character_name, acquired_at)
  select user_id, character_code, character_name, to_timestamp(granted_at / 1000) from ${grant}
  on conflict (user_id, character_code)
  do update set character_name = excluded.character_name, updated_at = now()`);

/** A lookup for each by its index, however large the table was when this was planned: `offset` keeps it from a join. */
const selectOwned = batchStatement<OwnedRow>(sql`
  select owned.* from ${givenRows} as asked(user_id text) cross join lateral (
    select user_id, character_code as code, job_id, photo from ${characterOwnerships} as owned
    where owned.user_id = asked.user_id offset 0) as owned`);

const selectHashes = batchStatement<{ readonly key: string; readonly photo_hash: string | null }>(
  sql`
  select known.* from ${givenRows} as asked(key text) cross join lateral (
    select key, photo_hash from ${uploads} as known
    where known.key = asked.key and known.user_id is not null offset 0) as known`,
);

interface OwnedRow extends Pick<OwnedCharacter, "code" | "photo"> {
  readonly user_id: string;
  readonly job_id: string | null;
}
