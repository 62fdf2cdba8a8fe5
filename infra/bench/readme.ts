import { assessFigure } from "./assess-figure.ts";
import { machineText, versionsText } from "./machine.ts";
import { numberText } from "./number-text.ts";
import type { Chart, Result } from "./result.ts";

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

/** The name of a chart's file, after its benchmark and its title. */
export function chartFile(name: string, { title }: Chart): string {
  const slug = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  return `${name}-${slug || "plot"}.svg`;
}

function renderResult(result: Result): string {
  const { name, measures, command, figures, charts } = result;
  const head = "| | median | spread | must | aim |\n|---|---:|---|---|---|";
  const rows = figures.map(assessFigure).map(({ label, unit, median, spread, must, aim }) => {
    const value = `**${numberText(median)}** ${plain(unit)}`;
    return `| ${[plain(label), value, spread, must, aim].join(" | ")} |`;
  });
  const plots = charts.map((one) => `![${plain(one.title)}](results/${chartFile(name, one)})`);
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

/** Text that Markdown and HTML leave alone, also inside a table. */
function plain(text: string): string {
  return text.replaceAll(/[\\|`*_[\]<>&]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
