import { sql } from "drizzle-orm";
import type { OwnershipGrant } from "#lib/contract/character-message.ts";
import { batchStatement, givenRows } from "#lib/db/batch-statement.ts";
import type { Database } from "#lib/db/client.ts";
import { createGroupCommit } from "#lib/db/group-commit.ts";
import { notDeleted } from "#lib/db/not-deleted.ts";
import { characterOwnerships, userCharacters } from "#lib/db/schema.ts";
import { uniqueSorted } from "#lib/db/unique-sorted.ts";
import type { EarnedPhoto, MatchDeps } from "../tasks/character.match.ts";

export function createOwnershipReader(
  database: Database,
): Pick<MatchDeps["ownerships"], "grantedBy"> {
  // One query for all who ask at once; a lone one asks at once.
  const read = createGroupCommit<Ownership, string>(async (asked) => {
    const found = await database.call((db) => selectGrants(db, uniqueSorted(asked, keyOf)));
    const jobs = new Map(found.map((row) => [keyOf(row), row.granted_by]));
    return (ownership) => jobs.get(keyOf(ownership)) ?? "none";
  });
  return { grantedBy: (user_id, character_code) => read({ user_id, character_code }) };
}

/** The characters a user has earned, with the perceptual hashes of the photos that earned them. */
export function createPhotoReader(database: Database) {
  // As above: a query for each grant doubled what grants cost PostgreSQL.
  const read = createGroupCommit<Pick<Ownership, "user_id">, readonly EarnedPhoto[]>(
    async (asked) => {
      const users = uniqueSorted(asked, ({ user_id }) => user_id);
      const rows = await database.call((db) => selectPhotos(db, users));
      const rowsOf = Map.groupBy(rows, ({ user_id }) => user_id);
      return ({ user_id }) =>
        rowsOf.get(user_id)?.map(({ code, photo }) => ({ code, photo })) ?? [];
    },
  );
  return (userId: string) => read({ user_id: userId });
}

/** Who owns what: the first grant stands. One to a user who has left since is dropped. */
export function createOwnershipWriter(
  database: Database,
): (grant: OwnershipGrant) => Promise<void> {
  return createGroupCommit<OwnershipGrant, void>(async (grants) => {
    await database.call((db) => insertOwnerships(db, uniqueSorted(grants, keyOf)));
    return () => undefined;
  });
}

/** The user's own view: the name follows the newest grant, the day of the first one stays. */
export function createUserCharacterWriter(
  database: Database,
): (grant: OwnershipGrant) => Promise<void> {
  return createGroupCommit<OwnershipGrant, void>(async (grants) => {
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

/** A lookup for each by its index, however large the table was when this was planned. */
const selectGrants = batchStatement<Ownership & { granted_by: string | null }>(sql`
  select user_id, character_code, (
    select coalesce(job_id::text, 'unknown') from ${characterOwnerships} as owned
    where owned.user_id = asked.user_id and owned.character_code = asked.character_code
  ) as granted_by
  from ${givenRows} as asked(user_id text, character_code text)`);

const selectPhotos = batchStatement<EarnedPhoto & Pick<Ownership, "user_id">>(sql`
  select owned.user_id, owned.character_code as code, owned.photo
  from ${givenRows} as asked(user_id text)
  join ${characterOwnerships} as owned on owned.user_id = asked.user_id and owned.photo is not null`);
