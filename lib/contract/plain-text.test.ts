import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import { plainText, visibleText } from "./plain-text.ts";

const read = (text: unknown) => v.safeParse(plainText(10, "MY_CODE"), text);

describe("a line of text", () => {
  test.each([
    ["  가나다 ", "가나다"],
    ["페티".normalize("NFD"), "페티"],
    ["a".repeat(10), "a".repeat(10)],
    ["👩‍🌾 농부", "👩‍🌾 농부"],
  ])("%j is kept as %j", (text, kept) => {
    expect(read(text).output).toBe(kept);
  });

  test.each([
    ["nothing", ""],
    ["spaces alone", "   "],
    ["one too many", "a".repeat(11)],
    ["far too many, before they are composed", "ㄱ".repeat(100_000)],
    ["a line break", "a\nb"],
    ["NUL", "a\u0000"],
    ["what turns the direction", "a\u202eb"],
    ["what cannot be seen", "\u200b"],
    ["a joiner alone", "\u200d"],
    ["half a surrogate pair", "a\ud800"],
    ["another line separator", "a\u2028b"],
    ["a number", 1],
    ["null", null],
  ])("%s is refused with the code that was asked for", (_, text) => {
    const { success, issues } = read(text);
    expect([success, issues?.[0]?.message]).toEqual([false, "MY_CODE"]);
  });
});

describe("text of a model", () => {
  test.each([
    ["두 줄\n\t씩", "두 줄\n\t씩"],
    ["👩‍🌾 👩🏽‍🌾 🏳️‍🌈 ❤️", "👩‍🌾 👩🏽‍🌾 🏳️‍🌈 ❤️"],
    ["페티".normalize("NFD"), "페티".normalize("NFD")],
    ["a\u202egnp.exe\u2069b\u200f", "agnp.exeb"],
    ["zero\u200bwidth\ufeff\u00ad", "zerowidth"],
    ["a\u0000\u0007\u001b[31m\u0085b\r\n", "a[31mb\n"],
    ["x\u{e0041}\u{e007f}y\ue000", "xy"],
    ["joined\u200d1\u200d2 🌾\u200d\u200d", "joined12 🌾"],
    ["a\u2028b\u2029c", "a\nb\nc"],
    ["half \ud800 a pair", "half \ufffd a pair"],
  ])("%j is shown as %j", (text, shown) => {
    expect(visibleText(text)).toBe(shown);
    expect(visibleText(shown)).toBe(shown);
  });
});
