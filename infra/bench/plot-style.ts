import type { Markup } from "./markup.ts";

/** What is drawn below title and legend. */
export interface Plot {
  readonly height: number;
  readonly body: Markup;
}

/** Colours of lines and bars that stay apart for most colour-blind eyes, on light and on dark. */
const seriesColoursMax = 6;

const light = `--paper:#fff;--ink:#161b26;--soft:#5f6b80;--rule:#e4e8ef;
--c1:#2868e0;--c2:#d9730d;--c3:#0b8f6f;--c4:#b0309a;--c5:#6d52e0;--c6:#6b7688`;
const dark = `--paper:#14181f;--ink:#e9edf4;--soft:#97a3b6;--rule:#2a303b;
--c1:#74a5ff;--c2:#ffb257;--c3:#45d1a8;--c4:#f285dc;--c5:#ab9bff;--c6:#a3adbd`;

/** Variables for `selector`, which follow the reader's preference. */
export function colours(selector: string, more: { light?: string; dark?: string } = {}): string {
  const of = (base: string, own = "") => `${selector}{${base};${own}}`;
  return `${of(light, more.light)}@media(prefers-color-scheme:dark){${of(dark, more.dark)}}`;
}

export const fontFamily = `system-ui,-apple-system,"Segoe UI",Inter,Roboto,"Helvetica Neue",sans-serif`;

/** The colour of the nth series; a chart with more than there are repeats them. */
export function seriesClass(index: number): string {
  return `c${(index % seriesColoursMax) + 1}`;
}

/** At the plots' 12 px. There is nothing to measure with, and a little too much does no harm. */
export function textWidth(text: string): number {
  return Bun.stringWidth(text) * 6.6;
}

/** As much of the text as has room, and "…" for the rest. */
export function fitText(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  const letters = [...text];
  while (letters.length > 0 && textWidth(`${letters.join("")}…`) > width) letters.pop();
  return `${letters.join("").trimEnd()}…`;
}

const seriesRules = Array.from(
  { length: seriesColoursMax },
  (_, i) => `.c${i + 1}{--c:var(--c${i + 1})}`,
).join("");

export const plotCss = `.plot{font:12px ${fontFamily};font-variant-numeric:tabular-nums}
.plot text{fill:var(--soft)}.plot .strong{fill:var(--ink)}
.plot .title{fill:var(--ink);font-size:15px;font-weight:600}
.plot .value{fill:var(--ink);font-weight:600}
.plot .grid{stroke:var(--rule);stroke-width:1}.plot .base{stroke:var(--soft);stroke-width:1}
.plot .line{fill:none;stroke:var(--c);stroke-width:2.25;stroke-linejoin:round;stroke-linecap:round}
.plot .dot{fill:var(--paper);stroke:var(--c);stroke-width:2.25}.plot .fill{fill:var(--c)}
.plot .area{fill:var(--c);opacity:.08}
.plot .hit{fill:transparent}.plot .point:hover .dot{fill:var(--c)}
.plot .bar:hover .fill{opacity:.8}
${seriesRules}`;
