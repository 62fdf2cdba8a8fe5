import { assessFigure } from "./assess-figure.ts";
import { machineText } from "./machine.ts";
import type { Chart, Figure, Result } from "./result.ts";

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

/** Median, spread and bounds of each. */
export function figuresTable(figures: readonly Figure[]): string {
  const rows = figures.map(assessFigure).map(({ label, unit, median, spread, must, aim }) => {
    return [plain(label), `**${median}** ${plain(unit)}`, spread, must, aim];
  });
  return markdownTable(["", "median", "spread", "must", "aim"], [1], rows);
}

/** @param numbers the columns that end, and do not begin, at one place. */
export function markdownTable(
  columns: readonly string[],
  numbers: readonly number[],
  rows: readonly (readonly string[])[],
): string {
  const head = `|${columns.map((name) => (name ? ` ${name} ` : " ")).join("|")}|`;
  const rule = `|${columns.map((_, i) => (numbers.includes(i) ? "---:" : "---")).join("|")}|`;
  return [head, rule, ...rows.map((row) => `| ${row.join(" | ")} |`)].join("\n");
}

/** Text that Markdown and HTML leave alone, also inside a table. */
export function plain(text: string): string {
  return text.replaceAll(/[\\|`*_[\]<>&]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function renderResult(result: Result): string {
  const { name, measures, command, figures, charts, takenAt, runs, machine, commit } = result;
  const plots = charts.map((one) => `![${plain(one.title)}](results/${chartFile(name, one)})`);
  const when = `${takenAt.slice(0, 10)}, median of ${runs}${commit ? `, commit ${commit}` : ""}`;
  return [
    `### ${name}`,
    plain(measures),
    `\`\`\`sh\n${command}\n\`\`\``,
    figuresTable(figures),
    ...plots,
    `<sub>${plain(`${when} · ${machineText(machine)}`)}</sub>`,
  ].join("\n\n");
}
