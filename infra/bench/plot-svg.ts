import type { Chart } from "./bench.ts";
import { element, html, type Markup, verbatim } from "./markup.ts";
import { plotBars } from "./plot-bars.ts";
import { plotLines } from "./plot-lines.ts";
import { colours, type Plot, plotCss, seriesClass, textWidth } from "./plot-style.ts";

/** For a page that has the colours and `plotCss`; it shows the title itself. */
export function plotSvg(chart: Chart, width: number): Markup {
  const { height, body } = compose(chart, width);
  return element("svg", frame(chart, width, height), body);
}

const standaloneWidth = 760;
const padding = 20;
const titleHeight = 36;

/** A file of its own, to be shown as an image: with title, style and a background. */
export function standaloneSvg(chart: Chart): string {
  const { height, body } = compose(chart, standaloneWidth - 2 * padding);
  const whole = height + titleHeight + 2 * padding;
  const style = `${colours(".plot")}\n${plotCss}\n.paper{fill:var(--paper);stroke:var(--rule)}`;
  const size = { width: standaloneWidth, height: whole };
  const { markup } = element(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", ...frame(chart, standaloneWidth, whole), ...size },
    html`<style>${verbatim(style)}</style>\n`,
    element("rect", {
      ...{ class: "paper", x: 0.5, y: 0.5, rx: 8 },
      ...{ width: standaloneWidth - 1, height: whole - 1 },
    }),
    element("text", { class: "title", x: padding, y: padding + 14 }, chart.title),
    element("g", { transform: `translate(${padding} ${padding + titleHeight})` }, body),
  );
  return `${markup}\n`;
}

function frame({ title }: Chart, width: number, height: number) {
  const viewBox = `0 0 ${width} ${Math.round(height)}`;
  return { class: "plot", viewBox, role: "img", "aria-label": title };
}

function compose(chart: Chart, width: number): Plot {
  const legend = drawLegend(chart, width);
  const plot = drawPlot(chart, width);
  const below = element("g", { transform: `translate(0 ${legend.height})` }, plot.body);
  return { height: legend.height + plot.height, body: html`${legend.body}\n${below}\n` };
}

function drawPlot(chart: Chart, width: number): Plot {
  if (chart.series.every(({ points }) => points.length === 0)) {
    return { height: 40, body: element("text", { x: 0, y: 24 }, "nothing was measured") };
  }
  return chart.kind === "line" ? plotLines(chart, width) : plotBars(chart, width);
}

const legendRowHeight = 20;
const swatchWidth = 18;

/** Nothing for a single series: the title says what it is. */
function drawLegend({ series }: Chart, width: number): Plot {
  if (series.length < 2) return { height: 0, body: html`` };
  let [x, row] = [0, 0];
  const entries = series.map(({ name }, i) => {
    const needed = swatchWidth + textWidth(name) + 16;
    if (x > 0 && x + needed > width) [x, row] = [0, row + 1];
    const place = `translate(${Math.round(x)} ${row * legendRowHeight})`;
    x += needed;
    return element(
      "g",
      { class: seriesClass(i), transform: place },
      element("rect", { class: "fill", x: 0, y: 4, width: 12, height: 6, rx: 3 }),
      element("text", { class: "strong", x: swatchWidth, y: 11 }, name),
    );
  });
  return { height: (row + 1) * legendRowHeight + 6, body: html`${entries}` };
}
