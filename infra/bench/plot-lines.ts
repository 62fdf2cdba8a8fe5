import type { Chart, Series } from "./bench.ts";
import { element, html, type Markup } from "./markup.ts";
import { numberText, tickText } from "./number-text.ts";
import { type Plot, seriesClass, textWidth } from "./plot-style.ts";
import { logScale, scaleOfExtent, valueScale } from "./scale.ts";

/** Where the lines may go; all in pixels from the upper left corner. */
interface Area {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly point: Series["points"][number];
}

const axisTextHeight = 44;
const lastValueWidth = 48;
const labelGap = 8;
/** Between the first and last point and the ends of the axis. */
const inset = 10;

/** Lines with a dot and a `<title>` at every value. The chart has at least one. */
export function plotLines(chart: Chart, width: number): Plot {
  const height = Math.round(Math.min(300, Math.max(220, width * 0.5)));
  const values = chart.series.flatMap(({ points }) => points.map(({ y }) => y));
  const scale = valueScale(values, chart.y.isLog);
  const ticks = scale.ticks.map((tick) => ({ text: tickText(tick), place: scale.place(tick) }));
  const left = Math.max(...ticks.map(({ text }) => textWidth(text))) + labelGap;
  const area = { left, right: width - lastValueWidth, top: 22, bottom: height - axisTextHeight };
  const yAt = (place: number) => area.bottom - place * (area.bottom - area.top);
  const across = acrossAxis(chart, area.left + inset, area.right - inset);
  const lines = chart.series.map(({ points }) =>
    points.map((point): Place => ({ x: across.at(point.x), y: yAt(scale.place(point.y)), point })),
  );
  return {
    height,
    body: html`${element("text", { x: 0, y: 10 }, chart.y.label)}
${ticks.map(({ text, place }) => drawLevel(text, yAt(place), area))}
${drawAcross(chart.x.label, across.ticks, area)}
${lines.length === 1 && scale.from === 0 && lines.map((places) => drawArea(places, area))}
${chart.series.map((series, i) => drawLine(chart, series.name, lines[i] ?? [], i))}
${drawLastValues(lines)}`,
  };
}

interface Tick {
  readonly text: string;
  readonly x: number;
}
interface Across {
  at(x: number | string): number;
  readonly ticks: readonly Tick[];
}

const measuredTicksMax = 8;

/** Few values are ticks themselves, so that each can be read; names stand at equal distances. */
function acrossAxis({ series, x: axis }: Chart, from: number, to: number): Across {
  const all = [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x)))];
  const numbers = all.filter((x) => typeof x === "number").sort((a, b) => a - b);
  if (numbers.length < all.length) {
    const step = (to - from) / all.length;
    const at = (x: number | string) => from + (all.indexOf(x) + 0.5) * step;
    return { at, ticks: withRoom(all.map((x) => ({ text: String(x), x: at(x) }))) };
  }
  const isLog = axis.isLog && numbers.every((x) => x > 0);
  const scale = isLog ? logScale(numbers, "values") : scaleOfExtent(numbers);
  const at = (x: number | string) => from + scale.place(Number(x)) * (to - from);
  const tickAt = (x: number): Tick => ({ text: tickText(x), x: at(x) });
  const measured = withRoom(numbers.map(tickAt));
  const areFew = numbers.length <= measuredTicksMax && measured.length === numbers.length;
  return { at, ticks: areFew ? measured : withRoom(scale.ticks.map(tickAt)) };
}

/** Leaves out what would be written over its neighbour. */
function withRoom(ticks: readonly Tick[]): Tick[] {
  let end = Number.NEGATIVE_INFINITY;
  return ticks.filter(({ text, x }) => {
    const half = textWidth(text) / 2;
    if (x - half < end) return false;
    end = x + half + labelGap;
    return true;
  });
}

function drawLevel(text: string, y: number, { left, right }: Area): Markup {
  return html`${element("line", { class: "grid", x1: left, x2: right, y1: y, y2: y })}
${element("text", { x: left - labelGap, y: y + 4, "text-anchor": "end" }, text)}`;
}

function drawAcross(label: string, ticks: readonly Tick[], { left, right, bottom }: Area): Markup {
  const base = { class: "base", y1: bottom };
  const middle = { "text-anchor": "middle" };
  return html`${element("line", { ...base, x1: left, x2: right, y2: bottom })}
${ticks.map(({ text, x }) => [
  element("line", { ...base, x1: x, x2: x, y2: bottom + 4 }),
  element("text", { ...middle, x, y: bottom + 17 }, text),
])}
${element("text", { ...middle, x: (left + right) / 2, y: bottom + 38 }, label)}`;
}

function drawArea(places: readonly Place[], { bottom }: Area): Markup | undefined {
  const [first, last] = [places[0], places.at(-1)];
  if (!first || !last || first === last) return undefined;
  const d = `M${coordinates({ x: first.x, y: bottom })}L${path(places)}L${coordinates({ x: last.x, y: bottom })}Z`;
  return element("path", { class: "area c1", d });
}

/** More than these would hide the line. */
const dotsMax = 40;

function drawLine(chart: Chart, name: string, places: readonly Place[], index: number): Markup {
  const points = places.map(({ x, y, point }) => {
    const xText = typeof point.x === "number" ? numberText(point.x) : point.x;
    const told = `${name}\n${chart.x.label}: ${xText}\n${chart.y.label}: ${numberText(point.y)}`;
    return element(
      "g",
      { class: "point" },
      element("title", {}, told),
      element("circle", { class: "hit", cx: x, cy: y, r: 11 }),
      places.length <= dotsMax && element("circle", { class: "dot", cx: x, cy: y, r: 3.5 }),
    );
  });
  const line = element("path", { class: "line", d: `M${path(places)}` });
  return element("g", { class: seriesClass(index) }, places.length > 1 && line, points);
}

/** The value each line ends at, where there is room for it. */
function drawLastValues(lines: readonly (readonly Place[])[]): Markup {
  const taken: number[] = [];
  return html`${lines.map((places) => {
    const last = places.at(-1);
    if (!last || taken.some((y) => Math.abs(y - last.y) < 13)) return undefined;
    taken.push(last.y);
    const place = { class: "value", x: last.x + 9, y: last.y + 4 };
    return element("text", place, tickText(last.point.y));
  })}`;
}

function path(places: readonly Place[]): string {
  return places.map(coordinates).join("L");
}

function coordinates({ x, y }: Pick<Place, "x" | "y">): string {
  return `${x.toFixed(1)} ${y.toFixed(1)}`;
}
