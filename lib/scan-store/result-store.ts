import { eq, inArray, sql } from "drizzle-orm";
import { batchStatement, givenRows } from "#lib/db/batch-statement.ts";
import type { Database } from "#lib/db/client.ts";
import { createGroupCommit } from "#lib/db/group-commit.ts";
import { notDeleted } from "#lib/db/not-deleted.ts";
import { scans } from "#lib/db/schema.ts";
import { uniqueSorted } from "#lib/db/unique-sorted.ts";
import { deliveries, webhooks } from "#lib/db/webhook-schema.ts";
import type { ResultStore } from "#lib/scan/end-scan.ts";
import type { ScanRun } from "#lib/scan/scan-message.ts";
import type { StoredResult, StoredScan } from "#lib/scan/scan-result.ts";

export function createResultStore(database: Database): ResultStore {
  const commit = createGroupCommit<ScanRow, StoredResult>("results", async (rows) => {
    // Two epochs of one job may meet in a batch; of one epoch the first stays first.
    const newest = uniqueSorted(newestFirst(rows), jobIdOf);
    const written = new Set((await database.call((db) => upsertScans(db, newest))).map(jobIdOf));
    const standing = new Map(newest.map((row) => [row.job_id, row.result]));
    const refused = newest.filter((row) => !written.has(row.job_id));
    for (const { job_id, result } of await readResults(database, refused))
      standing.set(job_id, result);
    return (row) => standing.get(row.job_id) ?? row.result;
  });
  return {
    saveResult: (run, result, finishedAt) => commit(toRow(run, result, finishedAt)),
    saveReward: async ({ job_id }, reward) => {
      const [saved] = await database.call((db) => addRewards(db, [{ job_id, reward }]));
      return saved?.result;
    },
  };
}

/** The stored result with its owner; undefined for a job that is unknown or has not ended. */
export async function readStoredScan(
  database: Database,
  jobId: string,
): Promise<StoredScan | undefined> {
  const { userId, redrive: epoch, finishedAt, result } = scans;
  const columns = { userId, epoch, finishedAt, result };
  const [row] = await database.call((db) =>
    db.select(columns).from(scans).where(eq(scans.jobId, jobId)),
  );
  return row;
}

function newestFirst(rows: readonly ScanRow[]): ScanRow[] {
  return rows.toSorted((a, b) => b.redrive - a.redrive);
}

interface JobId {
  readonly job_id: string;
}
const jobIdOf = ({ job_id }: JobId): string => job_id;

type ScanRow = ReturnType<typeof toRow>;

function toRow({ message, epoch }: ScanRun, result: StoredResult, finishedAt: number) {
  return {
    job_id: message.job_id,
    user_id: message.user_id,
    status: result.status,
    model: result.vision?.meta.model ?? message.model,
    image_url: message.image_url,
    user_input: message.user_input,
    result,
    redrive: epoch,
    submitted_at: message.submitted_at,
    finished_at: finishedAt,
  };
}

/**
 * The deliveries of the ends that were written, to the owner's webhooks, by the statement that stores the ends: none is
 * stored without them, and who has no webhook pays a look in an index. A webhook is locked, so that one that is deleted
 * meanwhile gets no deliveries, and the ends beside it are stored all the same. A redrive ends a scan anew: an event of
 * its own.
 *
 * Of the result only what a receiver decides by: the rest is the user's, and is read with their token.
 */
const queueDeliveries = sql`
  insert into ${deliveries} (webhook_id, event_id, type, occurred_at, data)
  select webhook.id, 'scan_' || job_id || '_' || redrive, 'scan.' || status, finished_at,
    jsonb_build_object('job_id', job_id, 'status', status,
      'result_url', '/api/v1/scan/result/' || job_id, 'error', result -> 'error',
      'major_category', result #> '{vision,classification,major_category}',
      'middle_category', result #> '{vision,classification,middle_category}',
      'minor_category', result #> '{vision,classification,minor_category}')
  from written cross join lateral (
    select id from ${webhooks} as own
    where own.user_id = written.user_id and own.disabled_reason is null
      and 'scan.' || written.status = any(own.events)
    for key share) as webhook
  on conflict do nothing`;

/**
 * Returns the jobs it has written. Only a newer epoch replaces a result, and only a failed one:
 * within one epoch the first stands, and a duplicate message that fails cannot replace the result that
 * the other has completed.
 */
const upsertScans = batchStatement<JobId>(sql`with written as (
  insert into ${scans} (job_id, user_id, status, model, image_url, user_input, result, redrive,
    submitted_at, finished_at)
  select job_id, user_id, status, model, image_url, user_input, result, redrive,
    to_timestamp(submitted_at / 1000), to_timestamp(finished_at / 1000)
  from ${givenRows} as given(job_id uuid, user_id text, status text, model text, image_url text,
    user_input text, result jsonb, redrive bigint, submitted_at float8, finished_at float8)
  where ${notDeleted(sql`given.user_id`)}
  on conflict (job_id) do update set
    status = excluded.status, model = excluded.model, result = excluded.result,
    redrive = excluded.redrive, finished_at = excluded.finished_at
  where ${scans}.status = 'failed' and ${scans}.redrive < excluded.redrive
  returning job_id, user_id, status, redrive, finished_at, result
), queued as (${queueDeliveries})
select job_id from written`);

/** A duplicate that comes second changes nothing, and finds what stands. */
const addRewards = batchStatement<{ readonly result: StoredResult }>(sql`
  update ${scans} set result = case when ${scans}.result->>'reward' is null
    then jsonb_set(${scans}.result, '{reward}', given.reward) else ${scans}.result end
  from ${givenRows} as given(job_id uuid, reward jsonb)
  where ${scans}.job_id = given.job_id and ${scans}.status = 'completed'
  returning ${scans}.result`);

/** Rare: the jobs whose result was another's already. */
async function readResults(database: Database, jobs: readonly JobId[]) {
  if (jobs.length === 0) return [];
  const columns = { job_id: scans.jobId, result: scans.result };
  const ids = jobs.map(jobIdOf);
  return database.call((db) => db.select(columns).from(scans).where(inArray(scans.jobId, ids)));
}
