import { expect, test } from "bun:test";
import { renderChart } from "./chart-svg.ts";
import { readSaved } from "./results.ts";

const hostile = `<b>"x" & 'y'</b>|`;
const charts = (await readSaved()).flatMap((result) => result.charts);
const samples = ["line", "bar"].flatMap(
  (kind) => charts.find((chart) => chart.kind === kind) ?? [],
);

test.each(samples.map((chart) => [chart.kind, chart] as const))(
  "a %s chart shows its title, axes and series, and is the same each time",
  async (_, { title, ...rest }) => {
    const chart = { ...rest, title: `${title} ${hostile}` };
    const svg = await renderChart(chart);
    expect(await renderChart(chart)).toBe(svg);
    expect(svg).toStartWith("<svg ");
    const texts = [chart.x.label, chart.y.label, ...chart.title.split(" ").slice(0, 1)];
    for (const text of texts) expect(svg).toContain(text);
    // Text is escaped.
    expect(svg).not.toContain(hostile);
  },
  30_000,
);

test("a chart without a value is drawn all the same", async () => {
  for (const kind of ["line", "bar"] as const) {
    const empty = { title: "Empty", kind, x: { label: "x" }, y: { label: "y" }, series: [] };
    expect(await renderChart(empty)).toContain("Empty");
  }
});
