import * as v from "valibot";
import { storableText } from "#lib/contract/storable-text.ts";
import { PICKUP_CATEGORIES, STORE_CATEGORIES } from "./category.ts";

const text = (charsMax: number) =>
  v.pipe(
    v.string(),
    v.transform((raw) => storableText(raw.normalize("NFC")).replace(/\s+/gu, " ").trim()),
    v.maxLength(charsMax, `is longer than ${charsMax} characters`),
  );

const filled = (charsMax: number) => v.pipe(text(charsMax), v.nonEmpty("is empty"));

/** Empty is none. */
const optional = (charsMax: number) =>
  v.nullish(
    v.pipe(
      text(charsMax),
      v.transform((value) => (value === "" ? null : value)),
    ),
    null,
  );

const degrees = (min: number, max: number) =>
  v.pipe(
    v.number("is no number"),
    v.minValue(min, `is not within ${min} and ${max} degrees`),
    v.maxValue(max, `is not within ${min} and ${max} degrees`),
  );

/**
 * A place as a register describes it, before it has a number of ours. All lie in Korea: elsewhere, columns were
 * mixed up.
 */
export const Place = v.object({
  source_pk: filled(100),
  name: filled(200),
  road_address: optional(300),
  phone: optional(50),
  place_url: v.pipe(
    optional(500),
    v.check((url) => url === null || /^https?:\/\/[^\s]+$/.test(url), "is no http address"),
  ),
  latitude: degrees(33, 39),
  longitude: degrees(124, 132),
  store_category: v.picklist(STORE_CATEGORIES, "is no store category"),
  pickup_categories: v.array(v.picklist(PICKUP_CATEGORIES, "is no pickup category")),
  /** In the register's words. */
  hours: optional(500),
});
export type Place = v.InferOutput<typeof Place>;
