import type { Chart } from "./bench.ts";
import { element, html, type Markup } from "./markup.ts";
import { numberText, tickText } from "./number-text.ts";
import { fitText, type Plot, seriesClass, textWidth } from "./plot-style.ts";
import { type Scale, valueScale } from "./scale.ts";

const barHeight = 16;
const barGap = 3;
const nameHeight = 18;
const groupGap = 12;
const axisHeight = 42;
const top = 18;

type At = (value: number) => number;

/** Lying bars, a group for each x, so that names of any length can be read. */
export function plotBars(chart: Chart, width: number): Plot {
  const values = chart.series.flatMap(({ points }) => points.map(({ y }) => y));
  const names = [...new Set(chart.series.flatMap(({ points }) => points.map(({ x }) => x)))];
  const scale = valueScale(values, chart.y.isLog);
  const valueWidth = Math.max(...values.map((value) => textWidth(numberText(value)))) + 14;
  const at = (value: number) => scale.place(value) * (width - valueWidth);
  const groupHeight = nameHeight + chart.series.length * (barHeight + barGap) + groupGap;
  const bottom = top + names.length * groupHeight;
  const groups = names.map((name, i) =>
    element(
      "g",
      { transform: `translate(0 ${top + i * groupHeight})` },
      drawName(name, width),
      drawGroup(chart, name, at),
    ),
  );
  return {
    height: bottom + axisHeight,
    body: html`${element("text", { x: 0, y: 10 }, chart.x.label)}
${drawAxis(chart.y.label, scale, at, bottom)}
${groups}`,
  };
}

function drawAxis(label: string, { ticks, from, to }: Scale, at: At, bottom: number): Markup {
  const written = ticks.map((tick) => {
    const [x, anchor] = [at(tick), tick === from ? "start" : "middle"];
    return [
      element("line", { class: "grid", x1: x, x2: x, y1: top, y2: bottom }),
      element("text", { x, y: bottom + 16, "text-anchor": anchor }, tickText(tick)),
    ];
  });
  return html`${written}
${element("text", { x: at(to), y: bottom + 36, "text-anchor": "end" }, label)}`;
}

function drawGroup(chart: Chart, name: number | string, at: At): Markup {
  const bars = chart.series.map((series, i) => {
    const point = series.points.find(({ x }) => x === name);
    if (!point) return undefined;
    const [y, value] = [nameHeight + i * (barHeight + barGap), numberText(point.y)];
    const told = `${series.name}\n${chart.x.label}: ${nameText(name)}\n${chart.y.label}: ${value}`;
    const bar = { x: 0, y, width: Math.max(1, at(point.y)), height: barHeight, rx: 2 };
    return element(
      "g",
      { class: `bar ${seriesClass(i)}` },
      element("title", {}, told),
      element("rect", { class: "fill", ...bar }),
      element("text", { class: "value", x: bar.width + 7, y: y + barHeight / 2 + 4 }, value),
    );
  });
  return html`${bars}`;
}

function drawName(name: number | string, width: number): Markup {
  return element("text", { class: "strong", x: 0, y: 12 }, fitText(nameText(name), width));
}

function nameText(name: number | string): string {
  return typeof name === "number" ? numberText(name) : name;
}
