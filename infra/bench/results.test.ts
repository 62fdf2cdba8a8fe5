import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readResult, renderCharts, savedFolder, writeResult } from "./results.ts";

const saved = await readResult(join(savedFolder, "overhead.json"));
const folder = mkdtempSync(join(tmpdir(), "eco2-bench-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a result is read back as it was written, with its charts beside it", async () => {
  const path = await writeResult(join(folder, "one"), saved);
  expect(await readResult(path)).toEqual(saved);
  const files = ["overhead-scans-drained.svg", "overhead.json"];
  expect(readdirSync(join(folder, "one")).toSorted()).toEqual(files);
});

test("a file that holds something else is refused by name", async () => {
  const path = join(folder, "odd.json");
  await Bun.write(path, JSON.stringify({ ...saved, runs: "3" }));
  await expect(readResult(path)).rejects.toThrow(/odd\.json is no result: .*number/s);
});

test("a result's name leads to no other folder", async () => {
  await expect(writeResult(folder, { ...saved, name: "../out" })).rejects.toThrow();
});

test("two charts of one name are refused: one would show the other's values", async () => {
  const { charts } = saved;
  const twice = { ...saved, charts: [...charts, ...charts] };
  await expect(renderCharts(twice)).rejects.toThrow(/title/);
});
