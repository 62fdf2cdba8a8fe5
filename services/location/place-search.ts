import type { Clock } from "#lib/clock/clock.ts";
import type { Center } from "#lib/contract/places/center.ts";
import type { Position } from "#lib/contract/places/earth.ts";

/** Somebody who knows places that our registers have not; where nobody is asked there is none. */
export interface PlaceSearch {
  /** Places by their words, best first, without distances. May reject, and take its time. */
  find(question: string, at: Position | undefined): Promise<readonly Center[]>;
}

export interface GuardOptions {
  readonly clock: Clock;
  /** Once each time the search is left alone, for the log. */
  onOpen?(error: unknown): void;
}

/** Failures in a row after which the search is left alone, and for how long. */
const failuresMax = 5;
const restMs = 30_000;
/** A question that is asked again, as one page after another of an app, costs one call. */
const cacheMs = 5 * 60_000;
const cacheMax = 1_000;
/** Decimals of a position in the cache: 100 m. */
const decimals = 3;

/**
 * The same search with a circuit breaker and a cache: never rejects, and answers with nothing while it is left alone.
 * So the places of our own are found whatever becomes of others.
 */
export function guardPlaceSearch(
  search: PlaceSearch,
  { clock, onOpen }: GuardOptions,
): PlaceSearch {
  const cache = new Map<string, { readonly centers: readonly Center[]; readonly until: number }>();
  let failures = 0;
  let restsUntil = 0;

  function remember(key: string, centers: readonly Center[]): void {
    cache.delete(key);
    cache.set(key, { centers, until: clock.now() + cacheMs });
    const [oldest] = cache.keys();
    if (cache.size > cacheMax && oldest !== undefined) cache.delete(oldest);
  }

  return {
    find: async (question, at) => {
      const key = JSON.stringify([
        question,
        at?.latitude.toFixed(decimals),
        at?.longitude.toFixed(decimals),
      ]);
      const known = cache.get(key);
      if (known && known.until > clock.now()) return known.centers;
      if (restsUntil > clock.now()) return [];
      try {
        const centers = await search.find(question, at);
        failures = 0;
        remember(key, centers);
        return centers;
      } catch (error) {
        if (++failures >= failuresMax) {
          // One more failure after the rest is enough for the next one.
          failures = failuresMax - 1;
          restsUntil = clock.now() + restMs;
          onOpen?.(error);
        }
        return [];
      }
    },
  };
}
