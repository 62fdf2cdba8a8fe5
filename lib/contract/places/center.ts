import * as v from "valibot";
import { named } from "#lib/contract/named.ts";
import { PICKUP_CATEGORIES, STORE_CATEGORIES } from "./category.ts";

/** A place where something can be handed in or reused, as the API shows it. */
export const Center = named(
  "Center",
  v.object({
    /** A number in digits; of a place that somebody else found, `kakao:` and theirs. */
    id: v.string(),
    name: v.string(),
    /** The register it comes from; `sample` is made up, `kakao` was found there just now. */
    source: v.string(),
    road_address: v.nullable(v.string()),
    latitude: v.number(),
    longitude: v.number(),
    /** From the position of the request; null without one. */
    distance_km: v.nullable(v.number()),
    distance_text: v.nullable(v.string()),
    store_category: v.picklist(STORE_CATEGORIES),
    pickup_categories: v.array(v.picklist(PICKUP_CATEGORIES)),
    /** Now, in Korea. Null, as the three below, where the hours are not known. */
    is_open: v.nullable(v.boolean()),
    /** Closed all of today. */
    is_holiday: v.nullable(v.boolean()),
    /** Of today, `HH:MM`; null when it is closed. An end before its start is after midnight; `24:00` is midnight. */
    start_time: v.nullable(v.string()),
    end_time: v.nullable(v.string()),
    phone: v.nullable(v.string()),
    place_url: v.nullable(v.string()),
  }),
);
export type Center = v.InferOutput<typeof Center>;
