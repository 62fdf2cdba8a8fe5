import { expect, test } from "bun:test";
import { MAJORS, MIDDLES, RECYCLABLE } from "#lib/contract/vocabulary.ts";
import { PICKUP_CATEGORIES } from "./category.ts";
import { pickupOf } from "./pickup-of.ts";

test("every material is taken somewhere, and nothing else is", () => {
  const of = (major_category: (typeof MAJORS)[number], middle_category: (typeof MIDDLES)[number]) =>
    pickupOf({ major_category, middle_category, minor_category: null });
  const known: ReadonlySet<unknown> = new Set(PICKUP_CATEGORIES);
  expect(MIDDLES.filter((middle) => !known.has(of(RECYCLABLE, middle)))).toEqual([]);
  expect([of(RECYCLABLE, "금속류"), of(RECYCLABLE, "전지")]).toEqual(["can", "electronics"]);
  for (const major_category of MAJORS) {
    const itself = { major_category, middle_category: major_category, minor_category: null };
    expect(pickupOf(itself)).toBeUndefined();
  }
});
