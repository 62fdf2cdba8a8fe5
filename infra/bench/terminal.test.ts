import { describe, expect, test } from "bun:test";
import { sampleResult } from "./sample-result.ts";
import { renderMachine, renderTerminal } from "./terminal.ts";
import { terminalChart } from "./terminal-chart.ts";

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

  test("a quick run is told to mean nothing", () => {
    expect(text).not.toContain("mean nothing");
    expect(renderTerminal({ ...sampleResult, quick: true })).toContain("mean nothing");
  });

  test("the machine is named with what runs on it", () => {
    expect(renderMachine(sampleResult)).toContain("Redis 7.0.15");
    expect(renderMachine(sampleResult)).toContain("commit abc1234");
  });
});

describe("a chart in the terminal", () => {
  const chart = (ys: readonly number[], x: (i: number) => number | string = (i) => i) => ({
    title: "Title",
    kind: "bar" as const,
    x: { label: "users" },
    y: { label: "seconds" },
    series: [{ name: "one", points: ys.map((y, i) => ({ x: x(i), y })) }],
  });
  const bars = (drawn: string) => drawn.split("\n").map((line) => /[█▉-▏]*$/.exec(line)?.[0] ?? "");

  test("has bars as long as their values, with the value beside", () => {
    const drawn = terminalChart(chart([1, 2, 4]));
    const [, one = "", two = "", four = ""] = bars(drawn);
    expect(two.length / four.length).toBeCloseTo(0.5, 1);
    expect(one.length / four.length).toBeCloseTo(0.25, 1);
    expect(drawn.split("\n")[3]).toMatch(/^ {2}2 {2}4 {2}█+/);
    expect(drawn).toStartWith("Title (seconds by users)\n");
  });

  test("draws something for every value but zero", () => {
    const [, none, little] = bars(terminalChart(chart([0, 0.001, 100])));
    expect([none, little]).toEqual(["", "▏"]);
  });

  test("is never wider than 100 columns, wide letters included", () => {
    const names = [(i: number) => `name ${i} `.repeat(30), (i: number) => `한국어${i}`.repeat(30)];
    for (const name of names) {
      const drawn = terminalChart(chart([1, 123_456_789], name));
      for (const line of drawn.split("\n")) {
        expect(Bun.stringWidth(line)).toBeLessThanOrEqual(100);
      }
      expect(drawn).toContain("…  123,456,789  █");
    }
  });

  test("is never longer than a screen, and keeps the first and the last value", () => {
    const lines = terminalChart(chart(Array.from({ length: 500 }, (_, i) => i + 1))).split("\n");
    expect(lines.length).toBeLessThanOrEqual(17);
    expect([lines[1], lines.at(-1)]).toEqual([
      expect.stringMatching(/^ +0 +1 /),
      expect.stringMatching(/^ +499 +500 /),
    ]);
  });

  test("says when nothing was measured", () => {
    expect(terminalChart(chart([]))).toBe("Title: nothing was measured");
  });
});
