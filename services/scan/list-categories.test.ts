import { expect, test } from "bun:test";
import { ITEMS } from "#lib/contract/items/items.ts";
import { MAJORS, MIDDLES, RECYCLABLE, UNCLASSIFIED } from "#lib/contract/vocabulary.ts";
import { listCategories } from "./list-categories.ts";

const { categories } = listCategories();

test("the categories are the classifier's vocabulary, in its order", () => {
  expect(categories.map(({ name }) => name)).toEqual([...MAJORS]);
  for (const { name, middles } of categories) {
    const expected = name === RECYCLABLE ? [...MIDDLES] : [];
    expect(middles.map((middle) => middle.name)).toEqual(expected);
  }
});

test("every item of a category is listed once, and every category but 미분류 is described", () => {
  const all = categories.flatMap(({ middles, ...major }) => [major, ...middles]);
  expect(all.flatMap(({ items }) => items).toSorted()).toEqual(
    ITEMS.filter(({ category }) => category !== UNCLASSIFIED && category !== "전용수거")
      .map(({ name }) => name)
      .toSorted(),
  );
  for (const { name, description } of all) {
    if (name === UNCLASSIFIED) expect(description).toBeNull();
    else expect(description).toMatch(/[가-힣]/);
  }
});
