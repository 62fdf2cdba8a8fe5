import { numberText } from "./assess-figure.ts";
import { machineText } from "./machine.ts";
import { chartFile, figuresTable, markdownTable, plain } from "./readme.ts";
import type { CostTable, Result } from "./result.ts";
import { median } from "./statistics.ts";

/** One benchmark's result in a terminal: its figures, what each process used, and its charts' files. */
export function renderTerminal({ name, measures, quick, figures, costs, charts }: Result): string {
  const note = quick ? " (quick: these figures mean nothing)" : "";
  const files = charts.map((chart) => `- ${plain(chart.title)}: ${chartFile(name, chart)}`);
  const parts = [`## ${name}${note}`, plain(measures), figuresTable(figures)];
  return render([...parts, ...costs.map(costTable), files.join("\n")]);
}

export function renderMachine({ machine, commit }: Pick<Result, "machine" | "commit">): string {
  return render([`${plain(machineText(machine))}${commit ? ` · commit ${commit}` : ""}`]);
}

function costTable({ title, per, rows }: CostTable): string {
  const cells = rows.map(({ process, cpuMs, peakMb }) => [
    plain(process),
    numberText(median(cpuMs)),
    numberText(Math.round(median(peakMb))),
  ]);
  const columns = ["process", `CPU ms/${per}`, "peak MB"];
  return `${plain(title)}\n\n${markdownTable(columns, [1, 2], cells)}`;
}

/** As wide as it needs where nobody looks. */
function render(parts: readonly string[]): string {
  const { isTTY: colors = false, columns = 0 } = process.stdout;
  return Bun.markdown.ansi(parts.join("\n\n"), { colors, columns });
}
