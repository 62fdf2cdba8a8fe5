import { describe, expect, test } from "bun:test";
import { findItem, HAZARDS, ITEM_NAMES, ITEMS } from "./items.ts";
import { readWords } from "./read-words.ts";

const names = ITEMS.flatMap((item) => [item.name, ...item.also].map((name) => ({ item, name })));
const readAs = (text: string) => readWords(text).items.map(({ item }) => item.name);

describe("every item is what its names say", () => {
  test("by every name, with and without spaces, composed and decomposed", () => {
    const lost = names.filter(({ item, name }) => {
      const forms = [name, name.replaceAll(" ", ""), name.normalize("NFD"), name.toUpperCase()];
      return forms.some((form) => findItem(form) !== item);
    });
    expect(lost).toEqual([]);
  });

  test("by its own name in a sentence", () => {
    const lost = ITEMS.filter(({ name }) => {
      return [name, `${name} 어떻게 버려요?`].some((text) => readAs(text).join() !== name);
    });
    expect(lost.map(({ name }) => name)).toEqual([]);
  });

  test("by nearly all its other names: some are a noun and what is said of it", () => {
    const lost = names.filter(({ item, name }) => !readAs(name).includes(item.name));
    expect(lost.length / names.length, lost.map(({ name }) => name).join(", ")).toBeLessThan(0.01);
  });
});

describe("the table", () => {
  test("says nothing twice: a name belongs to one item", () => {
    const folded = [...ITEM_NAMES.values()].map(({ item, name }) => `${name}\t${item.name}`);
    const known = new Set(folded);
    expect(names.filter(({ item, name }) => !known.has(`${name}\t${item.name}`))).toEqual([]);
  });

  test("holds the whole dictionary, and names a source for every item", () => {
    const numbers = ITEMS.flatMap(({ source }) => source).flatMap(
      (source) => /^분리배출\.kr (\d+)$/.exec(source)?.[1] ?? [],
    );
    expect(new Set(numbers).size).toBeGreaterThanOrEqual(700);
    const odd = ITEMS.filter(({ source }) =>
      source.some((one) => !/^(분리배출\.kr (\d+|묻고 답하기)|훈령 18|유추)$/.test(one)),
    );
    expect(odd).toEqual([]);
  });

  test("has notes in whole, polite sentences, and every danger occurs", () => {
    const broken = ITEMS.filter(({ note }) => note !== "" && !/[요][.?]$/.test(note));
    expect(broken.map(({ name, note }) => `${name}: ${note}`)).toEqual([]);
    for (const hazard of HAZARDS) expect(ITEMS.some((item) => item.hazard === hazard)).toBe(true);
  });
});
