import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { sampleSource } from "#lib/contract/places/sample-places.ts";
import type { Transaction } from "#lib/db/pool.ts";
import { audit } from "#lib/db/schema.ts";
import { writePlaces } from "#lib/place-store/write-places.ts";
import type { ImportReport, PlaceImport } from "../import-places.ts";

interface Options {
  readonly source: string;
  readonly isDryRun: boolean;
  readonly who: string;
}

/**
 * Runs an import as one transaction: readers see the places of before until it commits, and two imports of one source
 * come one after the other. A dry run does everything and takes it back.
 */
export async function withPlaceImport(
  url: string,
  { source, isDryRun, who }: Options,
  work: (store: PlaceImport) => Promise<ImportReport>,
): Promise<ImportReport> {
  const client = postgres(url, {
    max: 1,
    connect_timeout: 10,
    prepare: false,
    onnotice: () => undefined,
    connection: { application_name: "eco2-locations" },
  });
  let report: ImportReport | undefined;
  const finished = new Error("dry run");
  try {
    await drizzle(client).transaction(async (tx) => {
      // The limit of a role is meant for queries.
      await tx.execute(sql`set local statement_timeout = 0`);
      await tx.execute(sql`select pg_advisory_xact_lock(hashtext(${`eco2 places ${source}`}))`);
      await tx.execute(sql`create temp table claimed (source_pk text primary key) on commit drop`);
      report = await work(placeImport(tx, source));
      if (source !== sampleSource) {
        await tx.execute(sql`delete from location.centers where source = ${sampleSource}`);
      }
      const counts = { ...report };
      const action = `import ${source}`;
      await tx.insert(audit).values({ who, action, queue: "location.centers", jobIds: [], counts });
      if (isDryRun) throw finished;
    });
  } catch (error) {
    if (error !== finished) throw error;
  } finally {
    await client.end({ timeout: 3 });
  }
  if (!report) throw new Error("the import did not report");
  return report;
}

function placeImport(tx: Transaction, source: string): PlaceImport {
  return {
    claim: async (keys) => {
      const rows = await tx.execute(sql`
        insert into claimed select json_array_elements_text(${JSON.stringify(keys)}::json)
        on conflict do nothing returning source_pk`);
      return new Set(rows.map(({ source_pk }) => String(source_pk)));
    },
    write: (places) => writePlaces(tx, source, places),
    removeOthers: async () => {
      const [counted] = await tx.execute(sql`select count(*)::int as places from location.centers
        where source = ${source}`);
      await tx.execute(sql`analyze claimed`);
      const removed = await tx.execute(sql`delete from location.centers as place
        where source = ${source}
          and not exists (select from claimed where claimed.source_pk = place.source_pk)`);
      return { removed: removed.count, before: Number(counted?.places) };
    },
  };
}
