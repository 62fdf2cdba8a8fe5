import { describe, expect, test } from "bun:test";
import type { Chart } from "./bench.ts";
import { plotSvg, standaloneSvg } from "./plot-svg.ts";
import { sampleResult } from "./sample-result.ts";

const [line, bars] = sampleResult.charts;
if (!line || !bars) throw new Error("the sample has lost its charts");

const widths = [340, 500, 720];
const both = [line, bars];

/** Numbers of an attribute of all elements of one class. */
function numbers(svg: string, className: string, attribute: string): number[] {
  const tags = svg.match(new RegExp(`<\\w+ class="${className}"[^>]*>`, "g")) ?? [];
  return tags.map((tag) => Number(new RegExp(` ${attribute}="([^"]*)"`).exec(tag)?.[1]));
}

/** Every element that opens closes, in the right order. */
function expectWellFormed(svg: string): void {
  const stack: string[] = [];
  for (const [, closes, name = ""] of svg.matchAll(/<(\/?)(\w+)(?: [^<>]*)?>/g)) {
    if (closes && stack.pop() !== name) throw new Error(`</${name}> closes something else`);
    if (!closes) stack.push(name);
  }
  if (stack.length > 0) throw new Error(`<${stack.at(-1)}> is never closed`);
}

describe.each(both.map((chart) => [chart.kind, chart] as const))("a %s plot", (_, chart) => {
  test("has no number that is none, at any width, and every element is closed", () => {
    for (const svg of [
      ...widths.map((width) => plotSvg(chart, width).markup),
      standaloneSvg(chart),
    ]) {
      expect(svg).not.toMatch(/NaN|Infinity|undefined|null/);
      expectWellFormed(svg);
    }
  });

  test("tells every value by pointing at it, and names its axes", () => {
    const { markup } = plotSvg(chart, 500);
    const values = chart.series.flatMap(({ points }) => points);
    expect(markup.match(/<title>/g)).toHaveLength(values.length);
    for (const label of [chart.x.label, chart.y.label])
      expect(markup).toContain(`>${label}</text>`);
  });

  test("escapes whatever it is given", () => {
    for (const svg of [plotSvg(chart, 500).markup, standaloneSvg(chart)]) {
      expect(svg).not.toContain("<b>");
      expect(svg).toContain("&lt;b&gt;&quot;x&quot; &amp; &#39;y&#39;&lt;/b&gt;");
    }
  });

  test("alone it brings its background and its colours for light and dark", () => {
    const svg = standaloneSvg(chart);
    expect(svg).toStartWith("<svg xmlns=");
    expect(svg).toContain('class="paper"');
    expect(svg).toContain("prefers-color-scheme:dark");
    expect(svg).toContain('class="title"');
    expect(svg).not.toMatch(/<script|href=|url\(/);
  });
});

describe("a line plot", () => {
  test("has its dots where the axes say: rising values rise, to the right", () => {
    const { markup } = plotSvg(line, 500);
    const [x, y] = [numbers(markup, "dot", "cx"), numbers(markup, "dot", "cy")];
    const rising = x.slice(0, 4);
    expect(rising).toEqual(rising.toSorted((a, b) => a - b));
    expect(y.slice(0, 4)).toEqual(y.slice(0, 4).toSorted((a, b) => b - a));
    // Logarithmic: 250 → 500 is as far as 500 → 1,000.
    const [a = 0, b = 0, c = 0] = x;
    expect(b - a).toBeCloseTo(c - b, 0);
  });

  test("keeps its dots between the lowest and the highest grid line", () => {
    const { markup } = plotSvg(line, 500);
    const grid = numbers(markup, "grid", "y1");
    for (const y of numbers(markup, "dot", "cy")) {
      expect(y).toBeWithin(Math.min(...grid), Math.max(...grid) + 0.1);
    }
  });

  test("writes no tick over its neighbour: what has no room is left out", () => {
    const samples = [[1, 2, 3, 4, 5_000], Array.from({ length: 200 }, (_, i) => i * 100)];
    for (const values of samples) {
      const points = values.map((x) => ({ x, y: x }));
      const chart: Chart = { ...line, x: { label: "x" }, series: [{ name: "many", points }] };
      const ticks = /text-anchor="middle" x="([\d.]+)" y="223">/g;
      const places = [...plotSvg(chart, 500).markup.matchAll(ticks)].map(([, x]) => Number(x));
      expect(places.length).toBeWithin(3, 10);
      for (const [i, x] of places.slice(1).entries())
        expect(x - (places[i] ?? 0)).toBeWithin(30, 500);
    }
  });

  test("takes names along the bottom", () => {
    const points = ["cold", "warm", "hot"].map((x, y) => ({ x, y }));
    const { markup } = plotSvg({ ...line, series: [{ name: "one", points }] }, 500);
    expect(markup).not.toContain("NaN");
    for (const name of ["cold", "warm", "hot"]) expect(markup).toContain(`>${name}</text>`);
  });
});

describe("a bar plot", () => {
  test("has bars as long as their values, from zero", () => {
    const points = [
      { x: "one", y: 500 },
      { x: "two", y: 1_000 },
      { x: "none", y: 0 },
    ];
    const { markup } = plotSvg({ ...bars, series: [{ name: "n", points }] }, 500);
    const [one = 0, two = 0, none = 0] = numbers(markup, "fill", "width");
    expect(two / one).toBeCloseTo(2, 2);
    expect(none).toBeLessThanOrEqual(1);
  });

  test("cuts a name that has no room, and tells all of it by pointing", () => {
    const name = "a name that is much longer than any telephone is wide, and then some more";
    const points = [{ x: name, y: 1 }];
    const { markup } = plotSvg({ ...bars, series: [{ name: "n", points }] }, 340);
    expect(markup).toMatch(/>a name that is much longer [\w ]*…<\/text>/);
    expect(markup).toContain(`chain: ${name}`);
  });
});

test("a chart without values says so", () => {
  for (const chart of both) {
    const empty = { ...chart, series: [{ name: "none", points: [] }] };
    expect(plotSvg(empty, 500).markup).toContain("nothing was measured");
  }
});
