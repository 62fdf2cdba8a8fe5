import { toCube } from "#lib/contract/places/earth.ts";
import type { Place } from "#lib/contract/places/place.ts";
import { readHours, toMultirange } from "#lib/contract/places/read-hours.ts";
import { bigrams, searchKey } from "#lib/contract/places/search-key.ts";

/** A place with all that is derived from it, by the columns of `location.centers`. */
export function placeValues(source: string, place: Place) {
  const opening = place.hours === null ? undefined : readHours(place.hours);
  const [name, address] = [searchKey(place.name), searchKey(place.road_address ?? "")];
  return {
    source,
    ...place,
    point: toCube(place),
    opening: opening ? toMultirange(opening) : null,
    search_key: `${name} ${address}`,
    search_bigrams: [...new Set([...bigrams(name), ...bigrams(address)])],
  };
}

/** The same as columns of a row, for `json_to_recordset` and for a statement's list of columns. */
export const placeColumns = {
  source: "text",
  source_pk: "text",
  name: "text",
  road_address: "text",
  phone: "text",
  place_url: "text",
  latitude: "float8",
  longitude: "float8",
  point: "cube",
  store_category: "text",
  pickup_categories: "text[]",
  hours: "text",
  opening: "int4multirange",
  search_key: "text",
  search_bigrams: "text[]",
} as const satisfies Record<keyof ReturnType<typeof placeValues>, string>;
