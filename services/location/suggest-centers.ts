import type { Center } from "#lib/contract/places/center.ts";
import { searchKey } from "#lib/contract/places/search-key.ts";
import type { SearchCentersDeps } from "./search-centers.ts";

const suggestMax = 10;

/** Places whose name begins with what has been typed so far. */
export function suggestCenters(
  { clock, beginning }: Pick<SearchCentersDeps, "clock" | "beginning">,
  q: string,
): Promise<Center[]> {
  return beginning(searchKey(q), { now: clock.now(), limit: suggestMax });
}
