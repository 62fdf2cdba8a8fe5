import { machineText, versionsText } from "./machine.ts";
import { html, type Markup, verbatim } from "./markup.ts";
import { numberText } from "./number-text.ts";
import { plotSvg } from "./plot-svg.ts";
import { costCard, processColours } from "./report-costs.ts";
import { boundChip, figuresTable } from "./report-figures.ts";
import { reportCss } from "./report-style.ts";
import type { Result } from "./result.ts";
import { judge, type Verdict } from "./verdict.ts";

/** One page that holds everything: it needs no server, no script and nothing from elsewhere. */
export function renderReport(results: readonly Result[]): string {
  const { markup } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none';style-src 'unsafe-inline'">
<title>Eco² benchmarks</title>
<style>${verbatim(reportCss)}</style>
</head>
<body>
${head(results)}
<main>
${results.map((result) => section(result, processColours(results)))}
</main>
<footer>${legend}</footer>
</body>
</html>
`;
  return markup;
}

const legend = html`<p>Each figure is the median of its runs. In its bar a dot is one run and the block reaches
from the smallest to the largest; tinted is where it meets <b>must</b>, and stronger where it meets
<b>aim</b>. Point at a dot or a bar of a plot to read its value.</p>
<p>CPU is user and system time of a process and its children. Memory is resident, its peak in samples every
100 ms. The load is generated on the same machine.</p>`;

function head(results: readonly Result[]): Markup {
  const newest = results.toSorted((a, b) => b.takenAt.localeCompare(a.takenAt))[0];
  const verdicts = results.flatMap(({ quick, figures }) => (quick ? [] : figures.map(judge)));
  return html`<header>
<p class="brand">Eco² <span>benchmarks</span></p>
${newest && html`<p class="machine">${machineText(newest.machine)}<br>${versionsText(newest.machine)}</p>`}
${results.length === 0 && html`<p class="machine">Nothing has been measured yet.</p>`}
<p class="score">${score(verdicts, "must")}${score(verdicts, "aim")}</p>
<nav>${results.map(tile)}</nav>
</header>`;
}

function score(verdicts: readonly Verdict[], kind: "must" | "aim"): Markup | undefined {
  const bounds = verdicts.flatMap((verdict) => verdict[kind] ?? []);
  if (bounds.length === 0) return undefined;
  const met = bounds.filter(({ isMet }) => isMet).length;
  const mood = met === bounds.length ? "met" : `missed-${kind}`;
  return html`<span class="${mood}"><b>${met}</b> of ${bounds.length} ${kind}s met</span>`;
}

/** The way to a bench, with its first figure that has something to reach. */
function tile({ name, figures, quick }: Result): Markup {
  const verdicts = figures.map(judge);
  const first = verdicts.find(({ must, aim }) => must && aim) ?? verdicts[0];
  const chips = [boundChip("must", first?.must), boundChip("aim", first?.aim)];
  return html`<a href="#${name}"><span class="name">${name}</span>
${
  first &&
  html`<span class="big">${numberText(first.median)}<small>${first.unit}</small></span>
<span class="label">${first.label}</span>`
}
<span class="chips">${quick ? quickChip : chips}</span></a>
`;
}

const quickChip = html`<span class="chip missed-must">quick run</span>`;

function section(result: Result, colours: ReadonlyMap<string, string>): Markup {
  const { name, measures, command, figures, charts, costs, quick } = result;
  return html`<section id="${name}">
<h2>${name}</h2>
<p class="measures">${measures}</p>
<p class="command"><code>${command}</code></p>
${quick && html`<p class="warning">Small sizes, to see that everything works: these figures mean nothing.</p>`}
${figures.length > 0 && figuresTable(figures.map(judge))}
<div class="cards">
${charts.map(
  (chart) => html`<figure class="card"><figcaption>${chart.title}</figcaption>
<div class="wide">${plotSvg(chart, 500)}</div><div class="narrow">${plotSvg(chart, 340)}</div></figure>
`,
)}
${costs.map((table) => costCard(table, colours))}
</div>
<p class="taken">${circumstances(result)}</p>
</section>
`;
}

/** "2026-05-04 10:00 UTC · 3 runs in 4.2 min · commit 4952b5a · load before 0.8 0.5 1.1 · …" */
function circumstances({ takenAt, runs, tookS, commit, loadBefore, machine }: Result): string {
  const took = tookS < 120 ? `${numberText(tookS)} s` : `${numberText(tookS / 60)} min`;
  return [
    `${takenAt.slice(0, 16).replace("T", " ")} UTC`,
    `${runs} ${runs === 1 ? "run" : "runs"} in ${took}`,
    commit && `commit ${commit}`,
    loadBefore.length > 0 && `load before ${loadBefore.map((load) => load.toFixed(2)).join(" ")}`,
    machineText(machine),
    versionsText(machine),
  ]
    .filter(Boolean)
    .join(" · ");
}
