import { sql } from "drizzle-orm";
import {
  bigint,
  customType,
  doublePrecision,
  index,
  pgSchema,
  text,
  timestamp,
  unique,
} from "drizzle-orm/pg-core";
import { PICKUP_CATEGORIES, STORE_CATEGORIES } from "#lib/contract/places/category.ts";

const cube = customType<{ data: string }>({ dataType: () => "cube" });
const minutes = customType<{ data: string }>({ dataType: () => "int4multirange" });
/** Compared byte by byte, whatever the database's language: so an index serves prefixes. */
const key = customType<{ data: string }>({ dataType: () => 'text collate "C"' });

export const locationSchema = pgSchema("location");

/** Places where something can be handed in or reused, by the register they come from. */
export const centers = locationSchema.table(
  "centers",
  {
    id: bigint("id", { mode: "bigint" }).primaryKey().generatedAlwaysAsIdentity(),
    source: text("source").notNull(),
    /** What its register calls it. */
    sourcePk: text("source_pk").notNull(),
    name: text("name").notNull(),
    roadAddress: text("road_address"),
    phone: text("phone"),
    placeUrl: text("place_url"),
    latitude: doublePrecision("latitude").notNull(),
    longitude: doublePrecision("longitude").notNull(),
    /**
     * The position in space (`lib/contract/places/earth.ts`). Written, not generated: a dump restores columns that are
     * made by functions of an extension only where its schema is on the search path.
     */
    point: cube("point").notNull(),
    storeCategory: text("store_category", { enum: STORE_CATEGORIES }).notNull(),
    pickupCategories: text("pickup_categories").array().notNull(),
    /** As the register says it. */
    hours: text("hours"),
    /** The minutes it is open (`lib/contract/places/day-slots.ts`); null where that is not known. */
    opening: minutes("opening"),
    /** Name and address as they are compared, with a space between (`lib/contract/places/search-key.ts`). */
    searchKey: key("search_key").notNull(),
    searchBigrams: text("search_bigrams").array().notNull(),
    updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    unique("centers_source_pk").on(t.source, t.sourcePk),
    index("centers_search_key").on(t.searchKey),
    index("centers_search_bigrams").using("gin", t.searchBigrams),
    index("centers_point").using("gist", t.point),
    // The nearest of one kind: through the index of all, whatever is of another kind would be read and dropped.
    ...STORE_CATEGORIES.map((store) =>
      index(`centers_point_${store}`)
        .using("gist", t.point)
        .where(sql.raw(`store_category = '${store}'`)),
    ),
    ...PICKUP_CATEGORIES.map((pickup) =>
      index(`centers_point_takes_${pickup}`)
        .using("gist", t.point)
        .where(sql.raw(`pickup_categories @> '{${pickup}}'`)),
    ),
  ],
);
