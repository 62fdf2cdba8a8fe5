import type { Clock } from "#lib/clock/clock.ts";
import type { Center } from "#lib/contract/places/center.ts";
import { distanceKm, distanceText, type Position } from "#lib/contract/places/earth.ts";
import { searchKey, searchWords } from "#lib/contract/places/search-key.ts";
import type { PlaceSearch } from "./place-search.ts";

export interface SearchCentersDeps {
  readonly clock: Clock;
  /** Places that have all the words in name or address: the nearest first, without a position by name. */
  containing(words: readonly string[], options: SearchOptions): Promise<Center[]>;
  /** Places whose name begins so, by name. */
  beginning(key: string, options: Omit<SearchOptions, "at">): Promise<Center[]>;
  /** Never rejects; left out where nobody else is asked. */
  readonly others?: PlaceSearch | undefined;
}

export interface SearchOptions {
  readonly at: Position | undefined;
  readonly now: number;
  readonly limit: number;
}

const searchMax = 30;
/** Places of one name that are so near are one place. */
const sameWithinKm = 0.1;

/**
 * Places by the words of their name and address: ours, then those that others know. Without a position, those that are
 * called so come first.
 */
export async function searchCenters(
  deps: SearchCentersDeps,
  q: string,
  at: Position | undefined,
): Promise<Center[]> {
  const options = { at, now: deps.clock.now(), limit: searchMax };
  const [called, found, others] = await Promise.all([
    at ? [] : deps.beginning(searchKey(q), options),
    deps.containing(searchWords(q), options),
    deps.others?.find(q, at) ?? [],
  ]);
  const ours = distinct([...called, ...found]);
  const further = others.filter((other) => !ours.some((center) => isSame(center, other)));
  return [...ours, ...further.map((other) => withDistance(other, at))].slice(0, searchMax);
}

function distinct(centers: readonly Center[]): Center[] {
  return [...new Map(centers.map((center) => [center.id, center])).values()];
}

function isSame(center: Center, other: Center): boolean {
  const isCalledSo = searchKey(center.name) === searchKey(other.name);
  return isCalledSo && distanceKm(center, other) <= sameWithinKm;
}

function withDistance(center: Center, at: Position | undefined): Center {
  if (!at) return center;
  const km = distanceKm(at, center);
  return {
    ...center,
    distance_km: Math.round(km * 1_000) / 1_000,
    distance_text: distanceText(km),
  };
}
