import { and, desc, eq, lt } from "drizzle-orm";
import type { Database } from "#lib/db/client.ts";
import { scans } from "#lib/db/schema.ts";
import type { ListScansDeps } from "../list-scans.ts";
import type { ReadResultDeps } from "../read-result.ts";

export function createScanStore(
  database: Database,
): Pick<ReadResultDeps, "storedResult"> & ListScansDeps {
  return {
    storedResult: async (jobId) => {
      const [row] = await database.call((db) =>
        db
          .select({ userId: scans.userId, result: scans.result })
          .from(scans)
          .where(eq(scans.jobId, jobId)),
      );
      return row;
    },
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
