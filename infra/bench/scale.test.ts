import { describe, expect, test } from "bun:test";
import { logScale, type Scale, scaleFromZero, scaleOfExtent, valueScale } from "./scale.ts";

const samples = [
  [0],
  [1],
  [0.1, 0.2, 0.3],
  [11.81, 12.4],
  [1_483, 1_200, 2_050],
  [0.000_02],
  [99.97, 100],
  [7e9],
  [-3, 5],
];

function expectSound({ from, to, ticks, place }: Scale): void {
  expect(to).toBeGreaterThan(from);
  expect([place(from), place(to)]).toEqual([0, 1]);
  expect(ticks).toEqual(ticks.toSorted((a, b) => a - b));
  for (const tick of ticks) expect(tick).toBeWithin(from, to + Number.EPSILON * to + 1e-12);
}

describe("an axis from zero", () => {
  test.each(samples.map((values) => [values]))("%p: ticks reach around all values", (values) => {
    const scale = scaleFromZero(values);
    expectSound(scale);
    expect(scale.ticks).toContain(0);
    expect(scale.ticks.length).toBeWithin(2, 8);
    for (const value of values) expect(scale.place(value)).toBeWithin(0, 1.000_001);
    expect(scale.ticks.at(-1)).toBeGreaterThanOrEqual(Math.max(...values));
    expect(scale.ticks[0]).toBeLessThanOrEqual(Math.min(0, ...values));
  });

  test("has ticks that people count in", () => {
    expect(scaleFromZero([12.4]).ticks).toEqual([0, 2.5, 5, 7.5, 10, 12.5]);
    expect(scaleFromZero([0.3]).ticks).toEqual([0, 0.1, 0.2, 0.3]);
    expect(scaleFromZero([1_900]).ticks).toEqual([0, 500, 1_000, 1_500, 2_000]);
  });
});

describe("an axis that ends with its values", () => {
  test("has its ticks between them", () => {
    const scale = scaleOfExtent([250, 5_000]);
    expectSound(scale);
    expect([scale.from, scale.to, scale.ticks]).toEqual([
      250,
      5_000,
      [1_000, 2_000, 3_000, 4_000, 5_000],
    ]);
  });

  test("has a middle for a single value", () => {
    for (const value of [5, 0, -2]) expect(scaleOfExtent([value, value]).place(value)).toBe(0.5);
  });
});

describe("a logarithmic axis", () => {
  test("places equal ratios at equal distances", () => {
    const scale = logScale([1_000, 100_000], "values");
    expectSound(scale);
    expect(scale.place(10_000)).toBeCloseTo(0.5);
  });

  test("has 1, 2, 5 over few decades, powers of ten over many", () => {
    expect(logScale([250, 5_000], "values").ticks).toEqual([500, 1_000, 2_000, 5_000]);
    expect(logScale([1, 1e6], "values").ticks).toEqual([1, 10, 100, 1e3, 1e4, 1e5, 1e6]);
  });

  test("ends at ticks around the values where that is asked for", () => {
    const scale = logScale([720, 22_800], "ticks");
    expectSound(scale);
    expect([scale.from, scale.to]).toEqual([500, 50_000]);
  });

  test("is given up where a value has no logarithm", () => {
    expect(valueScale([0, 10], true).from).toBe(0);
    expect(valueScale([1, 10], true).from).toBe(1);
    expect(valueScale([1, 10], false).from).toBe(0);
  });
});
