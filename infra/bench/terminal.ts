import { alignColumns } from "#lib/cli/align-columns.ts";
import type { CostTable } from "./bench.ts";
import { machineText, versionsText } from "./machine.ts";
import { numberText } from "./number-text.ts";
import type { Result } from "./result.ts";
import { median } from "./statistics.ts";
import { columnsMax, terminalChart } from "./terminal-chart.ts";
import { boundMark, judge, spreadText } from "./verdict.ts";

/** One benchmark's result as text: figures, costs, charts. */
export function renderTerminal(result: Result): string {
  const { name, measures, quick, figures, costs, charts } = result;
  const note = quick ? " (quick: these figures mean nothing)" : "";
  const parts = [
    `${name}${note}\n${Bun.wrapAnsi(measures, columnsMax)}`,
    ...(figures.length > 0 ? [figuresTable(result)] : []),
    ...costs.map(costTable),
    ...charts.map(terminalChart),
  ];
  return `${parts.join("\n\n")}\n`;
}

export function renderMachine({ machine, commit }: Pick<Result, "machine" | "commit">): string {
  const code = commit ? ` · commit ${commit}` : "";
  return `${machineText(machine)}\n${versionsText(machine)}${code}\n`;
}

function figuresTable({ figures }: Result): string {
  const rows = figures.map(judge).map((verdict) => {
    const { label, unit, median, must, aim } = verdict;
    const bounds = [boundMark(must), boundMark(aim)];
    return [label, numberText(median), unit, spreadText(verdict), ...bounds];
  });
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

/** The named columns end, and the others begin, at one place. */
function alignNumbers(rows: readonly string[][], columns: readonly number[]): string {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const widths = new Map(columns.map((column) => [column, width(column)]));
  return alignColumns(rows.map((row) => row.map((cell, i) => cell.padStart(widths.get(i) ?? 0))));
}
