import type { Clock } from "#lib/clock/clock.ts";
import type { Center } from "#lib/contract/places/center.ts";
import type { Position } from "#lib/contract/places/earth.ts";
import { searchKey, searchWords } from "#lib/contract/places/search-key.ts";

export interface SearchCentersDeps {
  readonly clock: Clock;
  /** Places that have all the words in name or address: the nearest first, without a position by name. */
  containing(words: readonly string[], options: SearchOptions): Promise<Center[]>;
  /** Places whose name begins so, by name. */
  beginning(key: string, options: Omit<SearchOptions, "at">): Promise<Center[]>;
}

export interface SearchOptions {
  readonly at: Position | undefined;
  readonly now: number;
  readonly limit: number;
}

const searchMax = 30;

/** Places by the words of their name and address. Without a position, those that are called so come first. */
export async function searchCenters(
  deps: SearchCentersDeps,
  q: string,
  at: Position | undefined,
): Promise<Center[]> {
  const options = { at, now: deps.clock.now(), limit: searchMax };
  const [called, found] = await Promise.all([
    at ? [] : deps.beginning(searchKey(q), options),
    deps.containing(searchWords(q), options),
  ]);
  return distinct([...called, ...found]).slice(0, searchMax);
}

function distinct(centers: readonly Center[]): Center[] {
  return [...new Map(centers.map((center) => [center.id, center])).values()];
}
