import * as v from "valibot";
import type { StoreCategory } from "#lib/contract/places/category.ts";
import type { Center } from "#lib/contract/places/center.ts";
import { readReply } from "#lib/http/read-bounded.ts";
import type { PlaceSearch } from "../place-search.ts";

/** https://developers.kakao.com/docs/latest/ko/local/dev-guide#search-by-keyword */

const timeoutMs = 1_500;
const bytesMax = 256 * 1024;
/** What a page has at most. */
const placesMax = 15;
/** A search around somebody is about what can be reached: Kakao's own limit. */
const radiusMetres = 20_000;

const degrees = v.pipe(v.string(), v.transform(Number), v.finite());
const filled = v.pipe(
  v.string(),
  v.transform((text) => (text.trim() === "" ? null : text.trim())),
);

const Place = v.object({
  id: v.pipe(v.string(), v.regex(/^\d{1,20}$/)),
  place_name: v.pipe(v.string(), v.nonEmpty(), v.maxLength(200)),
  category_group_code: v.optional(v.string(), ""),
  phone: v.optional(filled, ""),
  address_name: v.optional(filled, ""),
  road_address_name: v.optional(filled, ""),
  x: degrees,
  y: degrees,
  place_url: v.pipe(v.string(), v.regex(/^https?:\/\/place\.map\.kakao\.com\/\d+$/)),
});
const Page = v.object({ documents: v.pipe(v.array(Place), v.maxLength(placesMax)) });

/** Kakao Local's search by keyword. */
export function createKakaoSearch({
  key,
  origin = "https://dapi.kakao.com",
}: {
  key: string;
  origin?: string;
}): PlaceSearch {
  return {
    find: async (question, at) => {
      const url = new URL("/v2/local/search/keyword.json", origin);
      url.searchParams.set("query", question);
      url.searchParams.set("size", String(placesMax));
      if (at) {
        url.searchParams.set("x", String(at.longitude));
        url.searchParams.set("y", String(at.latitude));
        url.searchParams.set("radius", String(radiusMetres));
        url.searchParams.set("sort", "distance");
      }
      const response = await fetch(url, {
        headers: { authorization: `KakaoAK ${key}` },
        redirect: "error",
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (!response.ok || !response.body) {
        await response.body?.cancel();
        throw new Error(`Kakao Local answered ${response.status}`);
      }
      const { bytes, end } = await readReply(response, bytesMax);
      if (end === "too large") throw new Error("Kakao Local answered with more than it may");
      const { documents } = v.parse(Page, JSON.parse(new TextDecoder().decode(bytes)));
      return documents.map(toCenter);
    },
  };
}

/** Of its groups those that are ours as well. */
const STORES: Readonly<Record<string, StoreCategory>> = {
  CE7: "cafe_bakery",
  MT1: "market_mart",
  CS2: "market_mart",
  AD5: "lodging",
};

function toCenter(place: v.InferOutput<typeof Place>): Center {
  return {
    id: `kakao:${place.id}`,
    name: place.place_name,
    source: "kakao",
    road_address: place.road_address_name ?? place.address_name,
    latitude: place.y,
    longitude: place.x,
    distance_km: null,
    distance_text: null,
    store_category: STORES[place.category_group_code] ?? "general",
    // What it takes, Kakao does not know, nor when it is open.
    pickup_categories: [],
    is_open: null,
    is_holiday: null,
    start_time: null,
    end_time: null,
    phone: place.phone,
    place_url: place.place_url.replace(/^http:/, "https:"),
  };
}
