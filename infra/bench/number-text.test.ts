import { expect, test } from "bun:test";
import { numberText, tickText, withUnit } from "./number-text.ts";

test("a number is as exact as a measurement is", () => {
  const texts = [25_641.4, 1_234, 438.4, 12.345, 11.8, 0.61234, 0.000_123_4, 0, -3.5].map(
    numberText,
  );
  expect(texts).toEqual([
    "25,641",
    "1,234",
    "438",
    "12.35",
    "11.8",
    "0.612",
    "0.000123",
    "0",
    "-3.5",
  ]);
});

test("what was not measured is no number", () => {
  expect([numberText(Number.NaN), withUnit(Number.NaN, "s")]).toEqual(["–", "– s"]);
});

test("a unit follows its number, and may be missing", () => {
  expect([withUnit(12.3, "s"), withUnit(6, "")]).toEqual(["12.3 s", "6"]);
});

test("an axis has short numbers", () => {
  const texts = [0, 0.25, 500, 1_280, 5_000, 12_500, 100_000, 2_500_000].map(tickText);
  expect(texts).toEqual(["0", "0.25", "500", "1,280", "5,000", "12.5k", "100k", "2.5M"]);
});
