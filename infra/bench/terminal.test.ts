import { expect, test } from "bun:test";
import { join } from "node:path";
import { readResult, savedFolder } from "./results.ts";
import { renderMachine, renderTerminal } from "./terminal.ts";

const sample = {
  ...(await readResult(join(savedFolder, "overhead.json"))),
  figures: [
    { label: "p95 | a_b", unit: "ms", runs: [0.7, 0.5, 0.8], must: { atMost: 1 } },
    { label: "was not measured", unit: "s", runs: [] },
  ],
  costs: [
    {
      ...{ title: "While draining", per: "job" },
      rows: [{ process: "worker", cpuMs: [0.6, 0.5, 0.7], peakMb: [150.4, 151, 149] }],
    },
  ],
};
const text = renderTerminal(sample);
/** Of the row that begins with this. */
const cellsOf = (first: string) =>
  text
    .split("\n")
    .map((line) => line.split(/ [|│] |[|│] | [|│]$/).map((cell) => cell.trim()))
    .find((cells) => cells.includes(first));

test("a figure's row has its median, unit, spread and marks, and its label as it is", () => {
  expect(text).toContain("p95 | a_b");
  expect(text).toContain("0.7 ms");
  expect(text).toContain("0.5 – 0.8");
  expect(text).toContain("✓ ≤ 1");
  expect(cellsOf("was not measured")).toContain("– s");
});

test("a process's row has its CPU a unit and its peak memory, medians both", () => {
  expect(text).toContain("While draining\n");
  expect(cellsOf("process")).toEqual(["", "process", "CPU ms/job", "peak MB", ""]);
  expect(cellsOf("worker")).toEqual(["", "worker", "0.6", "150", ""]);
});

test("a chart is named with its file", () => {
  expect(text).toContain("Scans drained: overhead-scans-drained.svg");
});

test("a quick run is marked as one that means nothing", () => {
  expect(text).not.toContain("mean nothing");
  expect(renderTerminal({ ...sample, quick: true })).toContain("mean nothing");
});

test("the machine is named with what runs on it", () => {
  expect(renderMachine(sample)).toContain("Redis 7.0.15");
  expect(renderMachine(sample)).toContain(`commit ${sample.commit}`);
});
