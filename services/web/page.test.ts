import { expect, test } from "bun:test";
import { LANGUAGES, PAGES, pathOf } from "./page.ts";

test("every page has an address of its own in each language, and Korean has the short ones", () => {
  const paths = LANGUAGES.flatMap((language) => PAGES.map((page) => pathOf(page, language)));
  expect(new Set(paths).size).toBe(paths.length);
  expect([pathOf("scan", "ko"), pathOf("scan", "en")]).toEqual(["/", "/en"]);
  expect([pathOf("chat", "ko"), pathOf("chat", "en")]).toEqual(["/chat", "/en/chat"]);
});
