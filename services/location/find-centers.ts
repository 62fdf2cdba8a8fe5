import type { Clock } from "#lib/clock/clock.ts";
import type { PickupCategory, StoreCategory } from "#lib/contract/places/category.ts";
import type { Center } from "#lib/contract/places/center.ts";
import type { Position } from "#lib/contract/places/earth.ts";
import type { CentersOnMap, CentersQuery } from "./center-query.ts";
import { cellMetres, radiusOfZoom } from "./map-zoom.ts";

export interface FindCentersDeps {
  readonly clock: Clock;
  nearest(at: Position, question: Question): Promise<Center[]>;
  /** One for each cell of a grid: its only place, or how many it has. */
  onMap(at: Position, question: Question & { readonly cellMetres: number }): Promise<CentersOnMap>;
}

export interface Question {
  readonly radius: number;
  readonly limit: number;
  readonly now: number;
  readonly stores: readonly StoreCategory[] | undefined;
  readonly pickups: readonly PickupCategory[] | undefined;
  readonly openNow: boolean;
}

const radiusDefault = 5_000;

/** The nearest places that are as asked for; with `zoom` as a map of that level shows them. */
export async function findCenters(
  deps: FindCentersDeps,
  { lat, lon, zoom, ...query }: CentersQuery,
): Promise<CentersOnMap> {
  const at = { latitude: lat, longitude: lon };
  const question = {
    radius: query.radius ?? (zoom === undefined ? radiusDefault : radiusOfZoom(zoom)),
    limit: query.limit,
    now: deps.clock.now(),
    stores: query.store_category,
    pickups: query.pickup_category,
    openNow: query.open_now,
  };
  if (zoom === undefined) return { centers: await deps.nearest(at, question), clusters: [] };
  return deps.onMap(at, { ...question, cellMetres: cellMetres(zoom) });
}
