import { sql } from "drizzle-orm";
import type { Place } from "#lib/contract/places/place.ts";
import type { Transaction } from "#lib/db/pool.ts";
import { placeColumns, placeValues } from "./place-values.ts";

const names = Object.keys(placeColumns);
const changing = names.filter((name) => name !== "source" && name !== "source_pk");
const columns = Object.entries(placeColumns).map(([name, type]) => `${name} ${type}`);
/** All but what it is found by; a row that says the same is left alone, and so are its 20 indexes. */
const statement = (rows: string) => sql`
  insert into location.centers as old (${sql.raw(names.join(", "))})
  select ${sql.raw(names.join(", "))} from json_to_recordset(${rows}::json)
    as given(${sql.raw(columns.join(", "))})
  on conflict (source, source_pk) do update set
    ${sql.raw(changing.map((name) => `${name} = excluded.${name}`).join(", "))}, updated_at = now()
  where (${sql.raw(changing.map((name) => `old.${name}`).join(", "))})
    is distinct from (${sql.raw(changing.map((name) => `excluded.${name}`).join(", "))})
  returning (xmax = 0) as is_new`;

export interface Written {
  readonly added: number;
  readonly changed: number;
}

/** Writes places of one source: new ones, and those that say something else than before. Each `source_pk` once. */
export async function writePlaces(
  tx: Transaction,
  source: string,
  places: readonly Place[],
): Promise<Written> {
  const rows = JSON.stringify(places.map((place) => placeValues(source, place)));
  const written = await tx.execute(statement(rows));
  const added = written.filter(({ is_new }) => is_new === true).length;
  return { added, changed: written.length - added };
}
