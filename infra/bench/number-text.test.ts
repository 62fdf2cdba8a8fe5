import { expect, test } from "bun:test";
import { numberText } from "./number-text.ts";

test.each([
  [25_641.4, "25,641"],
  [1_234, "1,234"],
  [438.4, "438"],
  [12.345, "12.35"],
  [11.8, "11.8"],
  [0.61234, "0.612"],
  [0.000_123_4, "0.000123"],
  [0, "0"],
  [-3.5, "-3.5"],
  [Number.NaN, "–"],
])("%p is as exact as a measurement is: %s", (value, text) => {
  expect(numberText(value)).toBe(text);
});
