import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keepResult } from "./keep.ts";
import { readResults, writeResult } from "./result.ts";
import { sampleResult } from "./sample-result.ts";

const folder = mkdtempSync(join(tmpdir(), "eco2-bench-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a result is read back as it was written", async () => {
  const place = join(folder, "round");
  await writeResult(place, sampleResult);
  expect(await readResults(place)).toEqual([sampleResult]);
});

test("a folder that is not there holds no results", async () => {
  expect(await readResults(join(folder, "nowhere"))).toEqual([]);
});

test("a file that holds something else is refused by name", async () => {
  const place = join(folder, "wrong");
  await Bun.write(join(place, "odd.json"), JSON.stringify({ ...sampleResult, runs: "3" }));
  expect(readResults(place)).rejects.toThrow(/odd\.json is no result: .*number/s);
});

test("a result's name leads to no other folder", async () => {
  expect(writeResult(folder, { ...sampleResult, name: "../out" })).rejects.toThrow();
});

test("results that are kept one after another fill one report; the same one is replaced", async () => {
  const place = join(folder, "kept");
  await keepResult(place, sampleResult);
  await keepResult(place, { ...sampleResult, name: "other" });
  const report = await keepResult(place, { ...sampleResult, command: "again" });
  const page = await Bun.file(report).text();
  expect([...page.matchAll(/<section id="(\w+)">/g)].map(([, name]) => name).sort()).toEqual([
    "other",
    "sample",
  ]);
  expect(page).toContain("<code>again</code>");
});
