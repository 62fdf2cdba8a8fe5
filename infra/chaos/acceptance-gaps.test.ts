import { expect, test } from "bun:test";
import { gapsOf, longestGap } from "./acceptance-gaps.ts";

test("the longest gap is between two scans that were accepted one after the other", () => {
  expect(longestGap([0, 100, 900, 1_000])).toBe(800);
  expect(longestGap([5])).toBe(0);
  expect(longestGap([])).toBe(0);
});

test("a gap counts for the failure that it began before or within", () => {
  const acceptedAt = [0, 100, 1_300, 1_400, 5_400, 5_500];
  const failures = [
    { name: "first", from: 200, to: 300 },
    { name: "second", from: 1_350, to: 2_000 },
  ];
  expect(gapsOf({ acceptedAt, failures })).toEqual([
    { failure: "first", gapS: 1.2 },
    { failure: "second", gapS: 4 },
  ]);
});
