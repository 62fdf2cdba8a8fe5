import { eq } from "drizzle-orm";
import type { Database } from "#lib/db/client.ts";
import { scans } from "#lib/db/schema.ts";
import type { OpenStreamDeps } from "../open-stream.ts";

/** Reads the result of a job whose replay log has expired. */
export function createResultReader(database: Database): OpenStreamDeps["storedResult"] {
  return async (jobId) => {
    const [row] = await database.call((db) =>
      db
        .select({
          userId: scans.userId,
          epoch: scans.redrive,
          finishedAt: scans.finishedAt,
          result: scans.result,
        })
        .from(scans)
        .where(eq(scans.jobId, jobId)),
    );
    return row;
  };
}
