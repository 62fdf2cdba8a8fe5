import { inArray, type SQL } from "drizzle-orm";
import type { Database } from "#lib/db/client.ts";
import { deliveries } from "#lib/db/webhook-schema.ts";

const rowsPerStep = 5_000;

/** In steps: a busy webhook has a hundred thousand of them, and no statement may take as long as those. */
export async function removeDeliveries(database: Database, which: SQL): Promise<void> {
  for (let removed = rowsPerStep; removed === rowsPerStep; ) {
    const rows = await database.call((db) => {
      const some = db
        .select({ id: deliveries.id })
        .from(deliveries)
        .where(which)
        .limit(rowsPerStep);
      return db
        .delete(deliveries)
        .where(inArray(deliveries.id, some))
        .returning({ id: deliveries.id });
    });
    removed = rows.length;
  }
}
