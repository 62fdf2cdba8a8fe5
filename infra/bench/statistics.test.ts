import { expect, test } from "bun:test";
import { median, percentile, spread } from "./statistics.ts";

test("the median is the middle value, by size and not by text", () => {
  expect(median([100, 9, 20])).toBe(20);
  expect(median([7])).toBe(7);
});

test("the median of an even number of values is the mean of the two in the middle", () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test("a percentile is a value that was measured: the nearest rank", () => {
  const values = [15, 20, 35, 40, 50];
  expect([5, 30, 40, 50, 100].map((p) => percentile(values, p))).toEqual([15, 20, 20, 35, 50]);
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect([1, 50, 95, 99].map((p) => percentile(hundred, p))).toEqual([1, 50, 95, 99]);
});

test("p0 is the smallest, p100 the largest, and p beyond them the same", () => {
  expect([-5, 0, 100, 200].map((p) => percentile([3, 1, 2], p))).toEqual([1, 1, 3, 3]);
});

test("spread gives the smallest and the largest", () => {
  expect(spread([10, 9, 100])).toEqual({ min: 9, max: 100 });
});

test("no values give NaN, never a number that looks measured", () => {
  expect([median([]), percentile([], 50), spread([]).min, spread([]).max]).toEqual(
    Array.from({ length: 4 }, () => Number.NaN),
  );
});

test("what is sorted is a copy: the caller's values stay in order", () => {
  const values = [3, 1, 2];
  median(values);
  percentile(values, 50);
  expect(values).toEqual([3, 1, 2]);
});
