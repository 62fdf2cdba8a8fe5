import { and, desc, eq, lt } from "drizzle-orm";
import type { Database } from "#lib/db/client.ts";
import { scans } from "#lib/db/schema.ts";
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
