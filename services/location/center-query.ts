import * as v from "valibot";
import { named } from "#lib/contract/named.ts";
import { PICKUP_CATEGORIES, STORE_CATEGORIES } from "#lib/contract/places/category.ts";
import { Center } from "#lib/contract/places/center.ts";
import {
  bothOrNone,
  optionalPositionEntries,
  positionEntries,
} from "#lib/contract/places/position-query.ts";
import { searchWords } from "#lib/contract/places/search-key.ts";
import type { FaultCode } from "#lib/error/fault-table.ts";

/** What can be asked about places, and the bounds of it. */

export const searchCharsMax = 100;
const radiusMax = 20_000;

const whole = (code: FaultCode, max: number) =>
  v.pipe(
    v.string(code),
    v.regex(/^\d{1,6}$/, code),
    v.transform(Number),
    v.minValue(1, code),
    v.maxValue(max, code),
  );

/** One, or several separated by commas: any of them will do. */
const listOf = <const C extends string>(names: readonly C[], code: FaultCode) =>
  v.pipe(
    v.string(code),
    v.maxLength(200, code),
    v.transform((text) => [...new Set(text.split(","))].sort()),
    v.array(v.picklist(names, code)),
    v.description(`One of them, or several separated by commas: ${names.join(", ")}`),
  );

export const CentersQuery = v.object(
  {
    ...positionEntries,
    radius: v.optional(v.pipe(whole("RADIUS_INVALID", radiusMax), v.description("Metres"))),
    limit: v.optional(whole("LIMIT_INVALID", 100), "50"),
    zoom: v.optional(
      v.pipe(
        whole("ZOOM_INVALID", 20),
        v.description(
          "Level of a Kakao map: 1 is the closest. With it, places that would lie on one another come as one cluster",
        ),
      ),
    ),
    store_category: v.optional(listOf(STORE_CATEGORIES, "STORE_CATEGORY_UNKNOWN")),
    pickup_category: v.optional(listOf(PICKUP_CATEGORIES, "PICKUP_CATEGORY_UNKNOWN")),
    open_now: v.optional(
      v.pipe(
        v.picklist(["true", "false", "1", "0"], "OPEN_NOW_INVALID"),
        v.transform((text) => text === "true" || text === "1"),
      ),
      "false",
    ),
  },
  "COORDINATES_INVALID",
);
export type CentersQuery = v.InferOutput<typeof CentersQuery>;

/** Nothing that is longer is read: what is compared may not be longer than the text it comes from either. */
const searchText = v.pipe(
  v.string("SEARCH_TEXT_INVALID"),
  v.maxLength(searchCharsMax, "SEARCH_TEXT_INVALID"),
  v.transform((text) => text.normalize("NFC")),
  v.check((text) => searchWords(text).length > 0, "SEARCH_TEXT_INVALID"),
);

export const SearchQuery = v.pipe(
  v.object({ q: searchText, ...optionalPositionEntries }, "SEARCH_TEXT_INVALID"),
  bothOrNone(),
);

export const SuggestQuery = v.object({ q: searchText }, "SEARCH_TEXT_INVALID");

export const CenterParam = v.object({
  id: v.pipe(v.string(), v.regex(/^[1-9]\d{0,14}$/, "CENTER_NOT_FOUND")),
});

export const Cluster = named(
  "Cluster",
  v.object({
    /** The middle of its places. */
    latitude: v.number(),
    longitude: v.number(),
    count: v.number(),
  }),
);
export type Cluster = v.InferOutput<typeof Cluster>;

export const Centers = named("Centers", v.object({ centers: v.array(Center) }));
export type Centers = v.InferOutput<typeof Centers>;

export const CentersOnMap = named(
  "CentersOnMap",
  v.object({
    /** Nearest first. */
    centers: v.array(Center),
    /** Of two places and more; empty without `zoom`. */
    clusters: v.array(Cluster),
  }),
);
export type CentersOnMap = v.InferOutput<typeof CentersOnMap>;
