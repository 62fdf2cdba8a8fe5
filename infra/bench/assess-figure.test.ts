import { expect, test } from "bun:test";
import { assessFigure, numberText } from "./assess-figure.ts";

const figure = { label: "p95", unit: "s" };

test("the median decides, not the best nor the worst run", () => {
  const bounds = { must: { atMost: 12 }, aim: { atMost: 11 } };
  expect(assessFigure({ ...figure, runs: [14, 11, 12], ...bounds })).toEqual({
    ...figure,
    median: "12",
    spread: "11 – 14",
    must: "✓ ≤ 12",
    aim: "✗ ≤ 11",
  });
});

test.each([
  [900, "✓ ≥ 900", "✓ ≤ 900"],
  [899, "✗ ≥ 900", "✓ ≤ 900"],
  [901, "✓ ≥ 900", "✗ ≤ 900"],
])("a bound is met when it is reached, from its own side: %d", (run, must, aim) => {
  const bounds = { must: { atLeast: 900 }, aim: { atMost: 900 } };
  expect(assessFigure({ ...figure, runs: [run], ...bounds })).toMatchObject({ must, aim });
});

test("what was not measured meets nothing, and without a bound there is no mark", () => {
  const bounds = { must: { atLeast: 0 }, aim: { atMost: 9e9 } };
  const marks = { must: "✗ ≥ 0", aim: "✗ ≤ 9,000,000,000" };
  expect(assessFigure({ ...figure, runs: [], ...bounds })).toMatchObject(marks);
  expect(assessFigure({ ...figure, runs: [1] })).toMatchObject({ must: "", aim: "" });
});

test("a spread is shown for several runs, and as none where they look alike", () => {
  const texts = [[3, 1, 2], [2, 2.000_1], [2], []].map(
    (runs) => assessFigure({ ...figure, runs }).spread,
  );
  expect(texts).toEqual(["1 – 3", "none", "", ""]);
});

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
