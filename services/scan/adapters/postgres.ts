import { and, desc, eq, gte, lt, type SQL, sql } from "drizzle-orm";
import type { Database } from "#lib/db/client.ts";
import { feedback as feedbackTable, scans } from "#lib/db/schema.ts";
import type { FeedbackDeps } from "../give-feedback.ts";
import type { ListScansDeps } from "../list-scans.ts";

/**
 * By job id alone, which rises with the time of the submit: a time is a bound on it, so the one index finds a page of
 * any time. Status and category are read off the user's own rows.
 */
export function createHistory(database: Database): ListScansDeps {
  return {
    finishedScans: (userId, { before, status, category, from, to }, limit) => {
      const conditions = [
        eq(scans.userId, userId),
        before && lt(scans.jobId, before),
        from && gte(scans.jobId, firstIdOf(from)),
        to && lt(scans.jobId, firstIdOf(to)),
        status && eq(scans.status, status),
        category && isOfCategory(category),
      ];
      const given = conditions.filter((one) => typeof one === "object");
      return database.call((db) =>
        db
          .select()
          .from(scans)
          .where(and(...given))
          .orderBy(desc(scans.jobId))
          .limit(limit),
      );
    },
  };
}

/** The lowest UUIDv7 of a millisecond. */
function firstIdOf(time: Date): string {
  const hex = Math.max(0, time.getTime()).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

function isOfCategory(category: string): SQL {
  const found = sql`${scans.result} -> 'vision' -> 'classification'`;
  return sql`${category} in (${found} ->> 'middle_category', ${found} ->> 'major_category')`;
}

/**
 * In one statement, which holds on to the scan's row: a scan that is deleted meanwhile, with its account, is none of
 * the user's any more, and takes its feedback along.
 */
export function createFeedbackStore(database: Database): Pick<FeedbackDeps, "saveFeedback"> {
  return {
    saveFeedback: async (userId, { job_id, verdict, category, note }) => {
      const [row] = await database.call((db) =>
        db.execute<{ is_first: boolean }>(sql`
          insert into ${feedbackTable} (job_id, verdict, category, note)
          select job_id, ${verdict}, ${category}, ${note} from ${scans}
          where job_id = ${job_id} and user_id = ${userId} and status = 'completed'
          for key share
          on conflict (job_id) do update set verdict = excluded.verdict, category = excluded.category,
            note = excluded.note, updated_at = now()
          returning xmax = 0 as is_first`),
      );
      return row && (row.is_first ? "first" : "replaced");
    },
  };
}
