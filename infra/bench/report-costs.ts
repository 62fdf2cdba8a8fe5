import type { CostTable } from "./bench.ts";
import { html, type Markup } from "./markup.ts";
import { noNumber, numberText } from "./number-text.ts";
import { seriesClass } from "./plot-style.ts";
import { median, spread } from "./statistics.ts";
import { spreadText } from "./verdict.ts";

/** A process has one colour in all tables of a page. */
export function processColours(
  results: readonly { readonly costs: readonly CostTable[] }[],
): ReadonlyMap<string, string> {
  const rows = results.flatMap(({ costs }) => costs.flatMap((table) => table.rows));
  const names = [...new Set(rows.map(({ process }) => process))];
  return new Map(names.map((name, i) => [name, seriesClass(i)]));
}

interface Row {
  readonly process: string;
  readonly colour: string;
  readonly cpuMs: number;
  readonly cpuSpread: string;
  readonly peakMb: number;
  /** Of the sum of all processes, 0 to 100. */
  readonly percent: number;
}

/** A bar of all CPU time, split by process, and the numbers below it. */
export function costCard(table: CostTable, colours: ReadonlyMap<string, string>): Markup {
  const total = table.rows.reduce((sum, { cpuMs }) => sum + (median(cpuMs) || 0), 0);
  const rows = table.rows.map(({ process, cpuMs, peakMb }): Row => {
    return {
      process,
      colour: colours.get(process) ?? seriesClass(0),
      cpuMs: median(cpuMs),
      cpuSpread: spreadText({ runs: cpuMs, spread: spread(cpuMs) }),
      peakMb: Math.round(median(peakMb)),
      percent: total > 0 ? ((median(cpuMs) || 0) / total) * 100 : 0,
    };
  });
  return html`<figure class="card costs"><figcaption>${table.title}</figcaption>
<p class="total"><b>${numberText(total)}</b> ms of CPU per ${table.per}, all processes</p>
<div class="split">${rows.map(segment)}</div>
<table><thead><tr><th>process</th><th>ms / ${table.per}</th><th>share</th><th>peak MB</th></tr></thead>
<tbody>${rows.map(costRow)}</tbody></table></figure>
`;
}

function segment({ process, colour, cpuMs, percent }: Row): Markup | undefined {
  if (percent === 0) return undefined;
  const told = `${process}: ${numberText(cpuMs)} ms, ${numberText(percent)} %`;
  return html`<i class="${colour}" style="flex-grow:${percent.toFixed(2)}" title="${told}"></i>`;
}

function costRow({ process, colour, cpuMs, cpuSpread, peakMb, percent }: Row): Markup {
  const share = Number.isFinite(cpuMs) ? `${percent.toFixed(0)} %` : noNumber;
  return html`<tr><th scope="row"><i class="swatch ${colour}"></i>${process}</th>
<td title="${cpuSpread && `spread ${cpuSpread}`}"><b>${numberText(cpuMs)}</b></td>
<td>${share}</td><td>${numberText(peakMb)}</td></tr>
`;
}
