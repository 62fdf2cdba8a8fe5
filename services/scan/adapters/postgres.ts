import { and, desc, eq, lt, sql } from "drizzle-orm";
import type { Database } from "#lib/db/client.ts";
import { feedback as feedbackTable, scans } from "#lib/db/schema.ts";
import type { FeedbackDeps } from "../give-feedback.ts";
import type { ListScansDeps } from "../list-scans.ts";

export function createHistory(database: Database): ListScansDeps {
  return {
    finishedScans: (userId, before, limit) =>
      database.call((db) =>
        db
          .select()
          .from(scans)
          .where(and(eq(scans.userId, userId), before ? lt(scans.jobId, before) : undefined))
          .orderBy(desc(scans.jobId))
          .limit(limit),
      ),
  };
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
