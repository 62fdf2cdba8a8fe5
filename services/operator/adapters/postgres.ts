import { asc, eq, gte, inArray, isNull, sql } from "drizzle-orm";
import * as v from "valibot";
import type { Database } from "#lib/db/client.ts";
import {
  audit,
  feedback,
  characterOwnerships as owned,
  revocations,
  scans,
  userCharacters as shown,
} from "#lib/db/schema.ts";
import type { Logger } from "#lib/log/logger.ts";
import type { Audit } from "../audit.ts";
import type { UnpairedRow } from "../check-ownerships.ts";
import type { GivenFeedback } from "../export-feedback.ts";
import type { StoredTimes } from "../read-timeline.ts";

/** @param who the operator, in the row and in the log line */
export function createAudit(database: Database, { who, log }: { who: string; log: Logger }): Audit {
  return {
    begin: async ({ action, queue, jobIds }) => {
      const values = { who, action, queue, jobIds: [...jobIds] };
      const [row] = await database.call((db) =>
        db.insert(audit).values(values).returning({ id: audit.id }),
      );
      if (!row) throw new Error("the audit row was not written");
      return async (counts) => {
        const done = { counts: { ...counts } };
        await database.call((db) => db.update(audit).set(done).where(eq(audit.id, row.id)));
      };
    },
    log: ({ action, queue, jobIds }, counts) =>
      log.info("audit", { who, action, queue, job_ids: jobIds, counts }),
  };
}

/** Those of the jobs whose result is stored. */
export async function findStoredResults(
  database: Database,
  jobIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await database.call((db) =>
    db.select({ jobId: scans.jobId }).from(scans).where(inArray(scans.jobId, jobIds)),
  );
  return new Set(rows.map(({ jobId }) => jobId));
}

/** When a finished scan was submitted and when it ended. */
export async function findStoredTimes(
  database: Database,
  jobId: string,
): Promise<StoredTimes | undefined> {
  const { status, model, submittedAt, finishedAt } = scans;
  const columns = { status, model, submittedAt, finishedAt };
  const [row] = await database.call((db) =>
    db.select(columns).from(scans).where(eq(scans.jobId, jobId)),
  );
  return row;
}

/** For how long the oldest unpublished revocation has waited, in milliseconds; undefined when none does. */
export async function oldestPendingRevocationMs(database: Database): Promise<number | undefined> {
  const { id, publishedAt, createdAt } = revocations;
  // By the database's clock, which dated it.
  const ageMs = sql`extract(epoch from now() - ${createdAt}) * 1000`.mapWith(Number);
  const [oldest] = await database.call((db) => {
    const pending = db.select({ ageMs }).from(revocations).where(isNull(publishedAt));
    return pending.orderBy(asc(id)).limit(1);
  });
  return oldest?.ageMs;
}

const Unpaired = v.array(
  v.object({ user_id: v.string(), character_code: v.string(), missing: v.string() }),
);
/** More than a person reads; their number says enough. */
const unpairedMax = 1_000;

/** Owned characters with one of their two rows; grants of the last minute are left out. */
export async function readUnpaired(database: Database): Promise<UnpairedRow[]> {
  const rows = await database.call((db) =>
    db.execute(sql`
      select user_id, character_code,
        case when o.id is null then 'character_ownerships' else 'user_characters' end as missing
      from ${owned} o full outer join ${shown} u using (user_id, character_code)
      where (o.id is null or u.id is null)
        and coalesce(o.acquired_at, u.acquired_at) < now() - interval '1 minute'
      limit ${unpairedMax}`),
  );
  return v.parse(Unpaired, [...rows]);
}

/** What was said from a time on, the oldest first. */
export async function readFeedback(
  database: Database,
  since: Date,
  limit: number,
): Promise<(GivenFeedback & { readonly updatedAt: Date })[]> {
  const { verdict, category, note, updatedAt, jobId } = feedback;
  const answered = sql<string>`${scans.result}#>>'{vision,classification,middle_category}'`;
  const columns = { verdict, category, note, userInput: scans.userInput, answered, updatedAt };
  return database.call((db) =>
    db
      .select(columns)
      .from(feedback)
      .innerJoin(scans, eq(scans.jobId, jobId))
      .where(gte(updatedAt, since))
      .orderBy(updatedAt)
      .limit(limit),
  );
}
