import { inArray, sql } from "drizzle-orm";
import type { ScanMessage } from "#lib/contract/scan-message.ts";
import type { StoredResult } from "#lib/contract/scan-result.ts";
import { type Database, databaseCall } from "./client.ts";
import { createGroupCommit } from "./group-commit.ts";
import { scans } from "./schema.ts";
import { uniqueBy } from "./unique-by.ts";

/** Which try of which scan a result is of. */
interface Run {
  readonly message: ScanMessage;
  readonly redrive: number;
}

export interface ResultStore {
  /**
   * Resolves after the commit with the result that stands: the first one of an epoch, and that of the
   * newest epoch. Whoever ends a scan, and however many do, they all announce the same.
   */
  save(run: Run, result: StoredResult, finishedAt: number): Promise<StoredResult>;
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
    .values(uniqueBy(newestFirst(rows), (row) => row.jobId))
    .onConflictDoUpdate({
      target: scans.jobId,
      set: {
        status: sql`excluded.status`,
        model: sql`excluded.model`,
        result: sql`excluded.result`,
        redrive: sql`excluded.redrive`,
        finishedAt: sql`excluded.finished_at`,
      },
      // Only a newer epoch replaces a result, and only a failed one: within one epoch the first
      // stands, and a duplicate that dies cannot take back what its twin has completed.
      setWhere: sql`${scans.status} = 'failed' and ${scans.redrive} < excluded.redrive`,
    })
    .returning(jobAndResult);
}

/** Two epochs of one job may meet in a batch; of one epoch the first stays first. */
function newestFirst(rows: readonly ScanRow[]): ScanRow[] {
  return rows.toSorted((a, b) => (b.redrive ?? 0) - (a.redrive ?? 0));
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
