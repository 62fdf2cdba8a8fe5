import { and, eq, inArray, lt, sql } from "drizzle-orm";
import type { Character } from "#lib/contract/character.ts";
import type { OwnershipGrant } from "#lib/contract/scan-message.ts";
import type { StoredResult } from "#lib/contract/scan-result.ts";
import { type Database, databaseCall } from "#lib/db/client.ts";
import { createGroupCommit } from "#lib/db/group-commit.ts";
import { characterOwnerships, characters, scans, userCharacters } from "#lib/db/schema.ts";
import type { ResultStore, Run } from "../scan-log.ts";
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

export function createResultStore(db: Database): ResultStore {
  const commit = createGroupCommit<ScanRow, StoredResult>(async (rows) => {
    const written = await databaseCall(() => upsertScans(db, rows));
    const standing = new Map(written.map((row) => [row.jobId, row.result]));
    const conflicting = rows.map((row) => row.jobId).filter((jobId) => !standing.has(jobId));
    for (const row of await readResults(db, conflicting)) standing.set(row.jobId, row.result);
    return (row) => standing.get(row.jobId) ?? row.result;
  });
  return { save: (run, result, finishedAt) => commit(toRow(run, result, finishedAt)) };
}

const jobAndResult = { jobId: scans.jobId, result: scans.result };

function upsertScans(db: Database, rows: readonly ScanRow[]) {
  return db
    .insert(scans)
    .values(uniqueBy(rows, (row) => row.jobId))
    .onConflictDoUpdate({
      target: scans.jobId,
      set: {
        status: sql`excluded.status`,
        model: sql`excluded.model`,
        result: sql`excluded.result`,
        redrive: sql`excluded.redrive`,
        finishedAt: sql`excluded.finished_at`,
      },
      // Only a newer epoch replaces a result: within one epoch the first stands.
      setWhere: lt(scans.redrive, sql`excluded.redrive`),
    })
    .returning(jobAndResult);
}

async function readResults(db: Database, jobIds: readonly string[]) {
  if (jobIds.length === 0) return [];
  return databaseCall(() =>
    db
      .select(jobAndResult)
      .from(scans)
      .where(inArray(scans.jobId, [...jobIds])),
  );
}

type ScanRow = typeof scans.$inferInsert;

function toRow({ message, redrive }: Run, result: StoredResult, finishedAt: number): ScanRow {
  return {
    jobId: message.job_id,
    userId: message.user_id,
    status: result.status,
    model: result.vision?.meta.model ?? message.model,
    imageUrl: message.image_url,
    userInput: message.user_input,
    result,
    redrive,
    submittedAt: new Date(message.submitted_at),
    finishedAt: new Date(finishedAt),
  };
}

/** The first row of each key. */
function uniqueBy<T>(rows: readonly T[], key: (row: T) => string): T[] {
  return [...new Map(rows.toReversed().map((row) => [key(row), row])).values()];
}
