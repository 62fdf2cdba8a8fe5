import { html, type Markup } from "./markup.ts";
import { numberText, withUnit } from "./number-text.ts";
import { type BoundVerdict, boundValue, spreadText, type Verdict } from "./verdict.ts";

export function figuresTable(verdicts: readonly Verdict[]): Markup {
  return html`<table class="figures">
<thead><tr><th>figure</th><th>median</th><th>spread</th><th>must</th><th>aim</th><th>runs</th></tr></thead>
<tbody>
${verdicts.map(row)}</tbody>
</table>`;
}

export function boundChip(
  name: "must" | "aim",
  verdict: BoundVerdict | undefined,
): Markup | undefined {
  if (!verdict) return undefined;
  const [mood, mark] = verdict.isMet ? ["met", "✓"] : [`missed-${name}`, "✗"];
  return html`<span class="chip ${mood}"><b>${mark}</b> <i>${name}</i> ${verdict.text}</span>`;
}

function row(verdict: Verdict): Markup {
  const { label, unit, median, must, aim } = verdict;
  return html`<tr><th scope="row">${label}</th>
<td class="median"><b>${numberText(median)}</b> ${unit}</td>
<td class="spread">${spreadText(verdict)}</td>
<td class="bound">${boundChip("must", must)}</td><td class="bound">${boundChip("aim", aim)}</td>
<td class="runs">${strip(verdict)}</td></tr>
`;
}

/** Runs and bounds on one line, drawn by the style sheet so that it has any width. */
function strip({ runs, unit, median, spread, must, aim }: Verdict): Markup | undefined {
  if (runs.length === 0) return undefined;
  const bounds = [must, aim].flatMap((verdict) => (verdict ? [boundValue(verdict.bound)] : []));
  const at = placer([...runs, ...bounds], median);
  const told = `runs: ${runs.map((run) => withUnit(run, unit)).join(", ")}`;
  const [from, to] = [at(spread.min), at(spread.max)];
  return html`<div class="strip" title="${told}">
${zone("must", must, at)}${zone("aim", aim, at)}${part("range", from, to - from)}
${runs.map((run) => part("run", at(run)))}${part("middle", at(median))}</div>`;
}

type At = (value: number) => number;

/** Where the bound is met, and its end. */
function zone(name: "must" | "aim", verdict: BoundVerdict | undefined, at: At): Markup | undefined {
  if (!verdict) return undefined;
  const end = at(boundValue(verdict.bound));
  const [left, width] = "atLeast" in verdict.bound ? [end, 100 - end] : [0, end];
  return html`${part("zone", left, width)}${part(`end ${name}`, end, undefined, name)}`;
}

/** In percent. Without a width it is as wide as its class says. */
function part(kind: string, left: number, width?: number, caption?: string): Markup {
  const wide = width === undefined ? "" : `;width:${width.toFixed(1)}%`;
  const style = `left:${left}%${wide}`;
  return html`<i class="${kind}" style="${style}">${caption && html`<span>${caption}</span>`}</i>`;
}

/** At least this part of the median is shown: a small spread must not look like a large one. */
const windowMin = 0.2;
const paddingPercent = 9;

/** Percent from the left; all values lie between the paddings. */
function placer(values: readonly number[], median: number): At {
  const half = (Math.abs(median) * windowMin) / 2 || 1;
  const low = Math.min(...values, median - half);
  const high = Math.max(...values, median + half);
  const room = 100 - 2 * paddingPercent;
  const place = (value: number) => paddingPercent + ((value - low) / (high - low)) * room;
  return (value) => Math.round(place(value) * 10) / 10;
}
