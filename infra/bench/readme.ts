import type { Chart } from "./bench.ts";
import { machineText, versionsText } from "./machine.ts";
import { numberText } from "./number-text.ts";
import { standaloneSvg } from "./plot-svg.ts";
import type { Result } from "./result.ts";
import { boundMark, judge, spreadText } from "./verdict.ts";

/** The part of `README.md` between its markers, from the saved results. */
export function renderFigures(results: readonly Result[]): string {
  if (results.length === 0) {
    return "No results are saved yet: `bun run bench --save` puts them here.";
  }
  return results.map(renderResult).join("\n\n");
}

/** Between the markers goes what the results render to; the rest is left as it is. */
export function putFigures(readme: string, results: readonly Result[]): string {
  const between = /(<!-- figures -->\n)[\s\S]*(<!-- \/figures -->)/;
  if (!between.test(readme)) throw new Error("the README has lost its <!-- figures --> markers");
  return readme.replace(between, (_, start, end) => `${start}${renderFigures(results)}\n${end}`);
}

/** File names and contents of a result's plots. */
export function renderPlots({ name, charts }: Result): Map<string, string> {
  const plots = new Map(charts.map((chart) => [plotName(name, chart), standaloneSvg(chart)]));
  if (plots.size < charts.length) throw new Error(`${name}: two charts have one title`);
  return plots;
}

function renderResult(result: Result): string {
  const { name, measures, command, figures, charts } = result;
  const head = "| | median | spread | must | aim |\n|---|---:|---|---|---|";
  const rows = figures.map(judge).map((verdict) => {
    const value = `**${numberText(verdict.median)}** ${plain(verdict.unit)}`;
    const bounds = [boundMark(verdict.must), boundMark(verdict.aim)];
    return `| ${[plain(verdict.label), value, spreadText(verdict), ...bounds].join(" | ")} |`;
  });
  const plots = charts.map((chart) => `![${plain(chart.title)}](results/${plotName(name, chart)})`);
  return [
    `### ${name}`,
    plain(measures),
    `\`\`\`sh\n${command}\n\`\`\``,
    ...(rows.length > 0 ? [[head, ...rows].join("\n")] : []),
    ...plots,
    `<sub>${plain(circumstances(result))}</sub>`,
  ].join("\n\n");
}

function circumstances({ takenAt, runs, machine, commit }: Result): string {
  const code = commit ? `, commit ${commit}` : "";
  const when = `${takenAt.slice(0, 10)}, median of ${runs}${code}`;
  return `${when} · ${machineText(machine)} · ${versionsText(machine)}`;
}

function plotName(name: string, { title }: Chart): string {
  const slug = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  return `${name}-${slug || "plot"}.svg`;
}

/** Text that Markdown and HTML leave alone, also inside a table. */
function plain(text: string): string {
  return text.replaceAll(/[\\|`*_[\]<>&]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
