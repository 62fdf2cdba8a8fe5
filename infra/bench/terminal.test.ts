import { describe, expect, test } from "bun:test";
import { sampleResult } from "./sample-result.ts";
import { renderMachine, renderTerminal } from "./terminal.ts";

const text = renderTerminal(sampleResult);
const cellsOf = (label: string) =>
  text
    .split("\n")
    .find((line) => line.startsWith(label))
    ?.split(/ {2,}/);

describe("the tables", () => {
  test("give each figure's median, unit, spread and marks", () => {
    expect(cellsOf("meets both")).toEqual([
      ...["meets both", "1,600", "jobs/s", "1,500 – 1,700", "✓ ≥ 900", "✓ ≥ 1,600"],
    ]);
    expect(cellsOf("meets must")?.slice(-2)).toEqual(["✓ ≤ 1", "✗ ≤ 0.6"]);
    expect(cellsOf("meets none")?.slice(-1)).toEqual(["✗ ≤ 300"]);
    expect(cellsOf("was not")).toContain("–");
  });

  test("give each process's CPU a unit and its peak memory, medians both", () => {
    expect(text).toContain("While draining\n");
    expect(cellsOf("process")).toEqual(["process", "CPU ms/job", "peak MB"]);
    expect(cellsOf("worker")).toEqual(["worker", "0.6", "150"]);
  });

  test("a quick run is marked as one that means nothing", () => {
    expect(text).not.toContain("mean nothing");
    expect(renderTerminal({ ...sampleResult, quick: true })).toContain("mean nothing");
  });

  test("the machine is named with what runs on it", () => {
    expect(renderMachine(sampleResult)).toContain("Redis 7.0.15");
    expect(renderMachine(sampleResult)).toContain("commit abc1234");
  });
});

describe("a chart in the terminal", () => {
  const series = (count: number) => [
    { name: "p50", points: Array.from({ length: count }, (_, i) => ({ x: i, y: i / 10 })) },
    { name: "p95", points: [{ x: 1, y: 12_345 }] },
  ];
  const render = (count: number) => {
    const chart = {
      title: "Title",
      kind: "line",
      x: { label: "users" },
      y: { label: "s" },
    } as const;
    return renderTerminal({ ...sampleResult, charts: [{ ...chart, series: series(count) }] });
  };

  test("is a table of its values, with a dash where there is none", () => {
    const table = [
      "Title (s)",
      "users  p50     p95",
      "    0    0       –",
      "    1  0.1  12,345",
      "",
    ];
    expect(render(2)).toEndWith(table.join("\n"));
  });

  test("is a file to be looked at where it is a curve", () => {
    expect(render(100)).toEndWith("Title (s): sample-title.svg\n");
  });
});
