import * as v from "valibot";
import { ITEMS } from "#lib/contract/items/items.ts";
import { named } from "#lib/contract/named.ts";
import { findRegulation } from "#lib/contract/regulations.ts";
import { MAJORS, MIDDLES, RECYCLABLE } from "#lib/contract/vocabulary.ts";

const Category = named(
  "Category",
  v.object({
    name: v.string(),
    description: v.nullable(v.string()),
    items: v.array(v.string()),
  }),
);

export const Categories = named(
  "Categories",
  v.object({
    categories: v.array(v.object({ ...Category.entries, middles: v.array(Category) })),
  }),
);
export type Categories = v.InferOutput<typeof Categories>;

/** Every category with its description and everyday items, from the classifier's own vocabulary. */
export function listCategories(): Categories {
  return {
    categories: MAJORS.map((major) => ({
      ...category(major, major),
      middles: major === RECYCLABLE ? MIDDLES.map((middle) => category(major, middle)) : [],
    })),
  };
}

function category(
  major: (typeof MAJORS)[number],
  name: (typeof MAJORS)[number] | (typeof MIDDLES)[number],
): v.InferOutput<typeof Category> {
  const regulation = findRegulation({ major_category: major, middle_category: name });
  return {
    name,
    description: regulation?.대상_설명 ?? null,
    items: regulation
      ? ITEMS.filter((item) => item.category === name).map((item) => item.name)
      : [],
  };
}
