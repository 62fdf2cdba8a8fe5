import { expect, test } from "bun:test";
import { alignColumns } from "./align-columns.ts";

test("columns are as wide as their widest cell as a terminal shows it, without trailing blanks", () => {
  const rows = [
    ["task", "dead"],
    ["가위", "1", "x"],
    ["a", ""],
  ];
  expect(alignColumns(rows)).toBe("task  dead\n가위  1     x\na");
  expect(alignColumns([])).toBe("");
});
