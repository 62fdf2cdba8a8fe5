import type { PickupCategory, StoreCategory } from "#lib/contract/places/category.ts";
import type { Center } from "#lib/contract/places/center.ts";
import { chordKm, type Position, toCube } from "#lib/contract/places/earth.ts";
import type { Database } from "#lib/db/client.ts";
import { centerText, joined, slotParameters, toCenters } from "./center-text.ts";

export interface CenterFilter {
  /** Metres. */
  readonly radius: number;
  /** One of these; none is any. */
  readonly stores?: readonly StoreCategory[] | undefined;
  /** Takes one of these; none is anything. */
  readonly pickups?: readonly PickupCategory[] | undefined;
  readonly openNow?: boolean | undefined;
}

export interface Nearest extends CenterFilter {
  readonly limit: number;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/** The nearest places that pass the filter, nearest first. */
export async function nearestCenters(
  database: Pick<Database, "call">,
  at: Position,
  { limit, now, ...filter }: Nearest,
): Promise<Center[]> {
  const { where, parameters } = centersWithin(at, filter, now);
  // How many rows a box has, PostgreSQL cannot know: with a limit it does not know either it takes the index in order
  // of distance, and stops at the last one. With a number it would fetch and sort whatever the box has.
  const text = `select ${joined("place")} as places from (
      select ${centerText("point <-> $4::cube")} as place from location.centers
      where ${where} order by point <-> $4::cube limit (select $${parameters.length + 1}::int)
    ) as nearest`;
  const values = [...parameters, limit];
  // Prepared: to plan it takes as long as to run it.
  const [found] = await database.call((db) =>
    db.$client.unsafe<{ places: string | null }[]>(text, values, { prepare: true }),
  );
  return toCenters(found?.places ?? null);
}

/**
 * As `or` it says the same, but then PostgreSQL takes it for rare where it plans without its values, and reads a whole
 * box. So it makes one plan for all, which spares it a third of what such a question costs.
 */
const isOpen = "case when opening @> $1::int then true else opening @> $2::int end";

/**
 * The condition of a filter. Its first parameters are `slotParameters`, `$4` the position and `$5` the radius. A single
 * category stands in the text, where the planner sees that its partial index will do; those texts are few, and each is
 * prepared once a connection.
 */
export function centersWithin(at: Position, filter: CenterFilter, now: number) {
  const parameters = [...slotParameters(now), toCube(at), chordKm(filter.radius / 1_000)];
  const where = ["point <@ cube_enlarge($4::cube, $5::float8, 3)", "point <-> $4::cube <= $5"];
  const add = (chosen: readonly string[], one: (name: string) => string, several: string) => {
    const [first] = chosen;
    if (first === undefined) return;
    if (chosen.length === 1) where.push(one(first));
    else where.push(`${several} $${parameters.push(`{${chosen.join(",")}}`)}::text[]`);
  };
  add(filter.stores ?? [], (name) => `store_category = '${name}'`, "array[store_category] <@");
  add(filter.pickups ?? [], (name) => `pickup_categories @> '{${name}}'`, "pickup_categories &&");
  if (filter.openNow) where.push(isOpen);
  return { where: where.join(" and "), parameters };
}
