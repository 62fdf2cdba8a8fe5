import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import * as v from "valibot";
import { CHARACTERS } from "./characters.ts";
import { Classification } from "./classification.ts";
import { foldName } from "./items/fold-text.ts";
import { findItem, ITEMS } from "./items/items.ts";
import { findRegulation, generalRecyclable, REGULATIONS } from "./regulations.ts";
import { MAJORS, MIDDLES, RECYCLABLE, SITUATION_TAGS, UNCLASSIFIED } from "./vocabulary.ts";

const otherMajors = MAJORS.filter((major) => major !== RECYCLABLE && major !== UNCLASSIFIED);
const itemCategories = [...MIDDLES, ...otherMajors];
const regulated = [
  ...MIDDLES.map((middle) => ({ major_category: RECYCLABLE, middle_category: middle })),
  ...[RECYCLABLE, ...otherMajors].map((m) => ({ major_category: m, middle_category: m })),
];

function duplicates(names: readonly string[]): string[] {
  return names.filter((name, i) => names.indexOf(name) !== i);
}

describe("the vocabulary", () => {
  test("has twelve materials, eight majors, and no name twice", () => {
    expect(MIDDLES).toHaveLength(12);
    expect(MAJORS).toHaveLength(8);
    expect(duplicates([...MIDDLES, ...MAJORS, ...SITUATION_TAGS])).toEqual([]);
  });

  test("is what the classification schema admits, and nothing else", () => {
    expect([...Classification.entries.major_category.options]).toEqual([...MAJORS]);
    expect([...Classification.entries.middle_category.options]).toEqual([...MIDDLES, ...MAJORS]);
    for (const category of regulated) {
      expect(v.is(Classification, { ...category, minor_category: null })).toBe(true);
    }
  });
});

describe("regulations", () => {
  test("there is exactly one for every category but 미분류, and one for all recyclables", () => {
    const found = regulated.map((category) => findRegulation(category)?.이름);
    expect(found).toEqual(regulated.map((category) => category.middle_category));
    expect(REGULATIONS).toHaveLength(regulated.length + 1);
    expect(REGULATIONS).toContain(generalRecyclable);
    expect(duplicates(REGULATIONS.map((regulation) => regulation.이름))).toEqual([]);
    const unclassified = { major_category: UNCLASSIFIED, middle_category: UNCLASSIFIED };
    expect(findRegulation(unclassified)).toBeUndefined();
  });

  test("every file in the folder is loaded under its own name", () => {
    const files = readdirSync(new URL("./regulations", import.meta.url)).toSorted();
    expect(files).toHaveLength(20);
    expect(files).toEqual(REGULATIONS.map(({ key }) => `${key}.json`).toSorted());
  });

  test("each lists items of its own category, or the materials it holds for", () => {
    for (const { 이름, 세부_품목 } of REGULATIONS) {
      if (세부_품목.length === MIDDLES.length && 세부_품목.includes("종이팩")) continue;
      const others = 세부_품목.filter((name) => findItem(name)?.category !== 이름);
      expect(others, 이름).toEqual([]);
    }
  });
});

describe("items", () => {
  test("every category has at least six, and every item belongs to one, asks, or says where", () => {
    expect(ITEMS.length).toBeGreaterThanOrEqual(1_000);
    for (const category of itemCategories) {
      const own = ITEMS.filter((item) => item.category === category);
      expect(own.length, category).toBeGreaterThanOrEqual(6);
    }
    const others = ITEMS.filter(({ category }) => itemCategories.every((c) => c !== category));
    expect(others.filter(({ note }) => note === "")).toEqual([]);
    const kinds = new Set<string>(others.map(({ category }) => category));
    expect([...kinds].toSorted()).toEqual([UNCLASSIFIED, "전용수거"].toSorted());
  });

  test("no two share a name or an alias, spaces and case aside", () => {
    const names = ITEMS.flatMap((item) => [item.name, ...item.also]);
    expect(duplicates(names.map((name) => foldName(name)))).toEqual([]);
  });
});

describe("characters", () => {
  test("every material is earned by exactly one, and one is given to everybody", () => {
    const labels = CHARACTERS.flatMap(({ matchLabel }) => (matchLabel ? [matchLabel] : []));
    expect(labels.toSorted()).toEqual([...MIDDLES].toSorted());
    const given = CHARACTERS.filter((character) => character.isDefault);
    expect(given.map(({ code, name }) => [code, name])).toEqual([["char-eco", "이코"]]);
    expect(given[0]?.matchLabel).toBeNull();
  });

  test("codes, names and dialogs are their own, and each dialog is Korean", () => {
    for (const field of ["code", "name", "dialog"] as const) {
      expect(duplicates(CHARACTERS.map((character) => character[field]))).toEqual([]);
    }
    for (const { code, dialog } of CHARACTERS) {
      expect(code).toMatch(/^char-[a-z]+$/);
      expect(dialog).toMatch(/^[가-힣][가-힣\s\d.,!?]{19,99}$/);
    }
  });
});
