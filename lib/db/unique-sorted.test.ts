import { expect, test } from "bun:test";
import { uniqueSorted } from "./unique-sorted.ts";

test("the first row of each key stays, and the same rows are in the same order however they came", () => {
  const rows = ["b1", "c1", "a1", "b2", "a2"];
  const key = (row: string) => row.slice(0, 1);
  expect(uniqueSorted(rows, key)).toEqual(["a1", "b1", "c1"]);
  expect(uniqueSorted(rows.toReversed(), key)).toEqual(["a2", "b2", "c1"]);
  expect(uniqueSorted([], key)).toEqual([]);
});
