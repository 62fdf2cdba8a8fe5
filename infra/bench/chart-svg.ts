import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import type { Chart } from "./result.ts";

/**
 * A chart as an SVG file, drawn by Vega-Lite without a browser. The background is transparent and every
 * colour can be read on white and on black, since a README is shown on either.
 */
export async function renderChart(chart: Chart): Promise<string> {
  const { spec } = compile(chartSpec(chart));
  const view = new View(parse(spec), { renderer: "none" });
  const svg = await view.toSVG();
  view.finalize();
  return `${svg}\n`;
}

const ink = "#6e7a8a";
const colours = ["#3b82f6", "#e07b1a", "#16a37f", "#c65bb4", "#8b7cf0", "#94a3b8", "#d9534f"];

function chartSpec(chart: Chart): TopLevelSpec {
  const rows = chart.series.flatMap(({ name, points }) =>
    points.map((point) => ({ series: name, ...point })),
  );
  return {
    background: "transparent",
    padding: 16,
    autosize: { type: "fit-x", contains: "padding" },
    width: 760,
    title: chart.title,
    data: { values: rows },
    ...(chart.kind === "line" ? lines(chart) : bars(chart)),
    config: {
      aria: false,
      font: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif",
      view: { stroke: null },
      title: { color: ink, fontSize: 15, fontWeight: 600, anchor: "start", offset: 14 },
      axis: {
        ...{ labelColor: ink, titleColor: ink, labelFontSize: 12, titleFontSize: 12 },
        ...{ titleFontWeight: "normal", titlePadding: 10, labelPadding: 6, labelLimit: 300 },
        ...{ domainColor: ink, tickColor: ink, gridColor: ink, gridOpacity: 0.25 },
      },
      legend: {
        orient: "top",
        columns: 4,
        title: null,
        labelColor: ink,
        labelFontSize: 12,
        labelLimit: 300,
      },
      range: { category: colours },
    },
  };
}

/** More dots than these hide their line. */
const dotsMax = 40;
/** So few values of x are the ticks of its axis. */
const ticksMax = 8;
const tickCount = 6;
/** 0.5 · 250 · 5,000 · 100k */
const labelExpr = "format(datum.value, abs(datum.value) >= 1e4 ? '~s' : ',~r')";

function lines({ x, y, series }: Chart) {
  const values = new Set(series.flatMap(({ points }) => points.map((point) => Number(point.x))));
  const ticks = values.size <= ticksMax ? { values: [...values] } : { tickCount };
  const point = series.every(({ points }) => points.length <= dotsMax) && { size: 45 };
  return {
    height: 280,
    mark: { type: "line", strokeWidth: 2.25, point },
    encoding: {
      x: {
        ...{ field: "x", type: "quantitative", title: x.label },
        scale: { ...(x.isLog ? { type: "log" } : { zero: false }), nice: false, padding: 10 },
        axis: { ...ticks, labelExpr, grid: false },
      },
      y: {
        ...{ field: "y", type: "quantitative", title: y.label },
        axis: { tickCount, labelExpr, domain: false, ticks: false },
      },
      ...colourOf(series),
    },
  } as const satisfies Partial<TopLevelSpec>;
}

const [barHeight, barGap] = [18, 12];

/** Horizontal, so that names of any length can be read, each with its value at its end. */
function bars({ x, y, series }: Chart) {
  const names = new Set(series.flatMap(({ points }) => points.map((point) => point.x)));
  const isGrouped = series.length > 1;
  const text = "format(datum.y, abs(datum.y) < 100 ? ',.3~r' : ',.0f')";
  return {
    height: Math.max(1, names.size) * (series.length * barHeight + barGap),
    transform: [{ calculate: text, as: "text" }],
    encoding: {
      y: {
        ...{ field: "x", type: "nominal", title: x.label, sort: null },
        axis: { domain: false, ticks: false },
      },
      x: {
        ...{ field: "y", type: "quantitative", title: y.label },
        axis: { tickCount, labelExpr, domain: false, ticks: false },
      },
      ...(isGrouped && { yOffset: { field: "series", sort: null } }),
    },
    layer: [
      { mark: { type: "bar" }, encoding: colourOf(series) },
      {
        mark: { type: "text", align: "left", dx: 5, color: ink, fontSize: 11 },
        encoding: { text: { field: "text" } },
      },
    ],
  } as const satisfies Partial<TopLevelSpec>;
}

/** A single series needs no legend: the title names it. */
function colourOf(series: Chart["series"]) {
  const legend = series.length > 1 ? {} : null;
  return { color: { field: "series", type: "nominal", sort: null, legend } } as const;
}
