import { describe, expect, test } from "bun:test";
import { en } from "./en.ts";
import { ko } from "./ko.ts";
import { opsEn } from "./ops-en.ts";
import { opsKo } from "./ops-ko.ts";
import { fill } from "./words.ts";

/** `group.name` and what it says. */
function sentences(words: Readonly<Record<string, Readonly<Record<string, string>>>>) {
  return Object.entries(words).flatMap(([group, entries]) =>
    Object.entries(entries).map(([name, text]) => [`${group}.${name}`, text] as const),
  );
}
const [korean, english] = [
  new Map(sentences({ ...ko, ...opsKo })),
  new Map(sentences({ ...en, ...opsEn })),
];
const blanksIn = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
/** Names of Korean places and the switch to the other language are Korean on purpose. */
const mixed = ["site.otherLanguage", "map.searchPlaceholder"];

describe("the dictionaries", () => {
  test("say the same things, with the same blanks to fill", () => {
    expect([...english.keys()]).toEqual([...korean.keys()]);
    for (const [name, text] of korean) {
      expect([name, blanksIn(english.get(name) ?? "")]).toEqual([name, blanksIn(text)]);
    }
  });

  test("leave nothing unsaid; only the note that answers are Korean has nothing to say in Korean", () => {
    const unsaid = [...korean, ...english].filter(([, text]) => text.trim() === "");
    expect(unsaid).toEqual([["answer.koreanOnly", ""]]);
  });

  test("do not mix languages", () => {
    const hangul = [...english].filter(
      ([name, text]) => /\p{sc=Hangul}/u.test(text) && !mixed.includes(name),
    );
    expect(hangul).toEqual([]);
    const latin = [...korean].filter(
      ([name, text]) => /[a-z]{3,}/.test(text.replace(/\{\w+\}/g, "")) && !mixed.includes(name),
    );
    expect(latin.map(([name]) => name)).toEqual(["signIn.google"]);
  });
});

test("a blank is filled by its name, and one without a value stays to be seen", () => {
  expect(fill("{n} of {all}", { n: 0, all: 13 })).toBe("0 of 13");
  expect(fill("{n} of {all}", { n: 1 })).toBe("1 of {all}");
});
