import { alignColumns } from "#lib/cli/align-columns.ts";
import { assessFigure } from "./assess-figure.ts";
import { machineText, versionsText } from "./machine.ts";
import { numberText } from "./number-text.ts";
import { chartFile } from "./readme.ts";
import type { Chart, CostTable, Result } from "./result.ts";
import { median } from "./statistics.ts";

const columnsMax = 100;

/** One benchmark's result as text: a table of figures, one of costs for each load, one a chart. */
export function renderTerminal(result: Result): string {
  const { name, measures, quick, figures, costs, charts } = result;
  const note = quick ? " (quick: these figures mean nothing)" : "";
  const parts = [
    `${name}${note}\n${Bun.wrapAnsi(measures, columnsMax)}`,
    ...(figures.length > 0 ? [figuresTable(result)] : []),
    ...costs.map(costTable),
    ...charts.map((chart) => chartTable(name, chart)),
  ];
  return `${parts.join("\n\n")}\n`;
}

export function renderMachine({ machine, commit }: Pick<Result, "machine" | "commit">): string {
  const code = commit ? ` · commit ${commit}` : "";
  return `${machineText(machine)}\n${versionsText(machine)}${code}\n`;
}

function figuresTable({ figures }: Result): string {
  const rows = figures
    .map(assessFigure)
    .map(({ label, unit, median, spread, must, aim }) => [
      ...[label, numberText(median), unit, spread, must, aim],
    ]);
  return alignNumbers([["figure", "median", "", "spread", "must", "aim"], ...rows], [1]);
}

function costTable({ title, per, rows }: CostTable): string {
  const cells = rows.map(({ process, cpuMs, peakMb }) => [
    process,
    numberText(median(cpuMs)),
    numberText(Math.round(median(peakMb))),
  ]);
  return `${title}\n${alignNumbers([["process", `CPU ms/${per}`, "peak MB"], ...cells], [1, 2])}`;
}

/** More values of x than these are a curve, to be looked at in the chart's file. */
const rowsMax = 12;

function chartTable(name: string, chart: Chart): string {
  const { title, x, y, series } = chart;
  const values = [...new Set(series.flatMap(({ points }) => points.map((point) => point.x)))];
  const head = `${title} (${y.label})`;
  if (values.length > rowsMax) return `${head}: ${chartFile(name, chart)}`;
  const rows = values.map((value) => [
    typeof value === "number" ? numberText(value) : value,
    ...series.map(({ points }) =>
      numberText(points.find((one) => one.x === value)?.y ?? Number.NaN),
    ),
  ]);
  const columns = [x.label, ...series.map((one) => one.name)];
  return `${head}\n${alignNumbers([columns, ...rows], columns.keys())}`;
}

/** The named columns end, and the others begin, at one place. */
function alignNumbers(rows: readonly string[][], columns: Iterable<number>): string {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const widths = new Map([...columns].map((column) => [column, width(column)]));
  return alignColumns(rows.map((row) => row.map((cell, i) => cell.padStart(widths.get(i) ?? 0))));
}
