import type { Chart, Series } from "./bench.ts";
import { numberText } from "./number-text.ts";
import { valueScale } from "./scale.ts";

/** Of the terminal; no line of a chart is wider. */
export const columnsMax = 100;
const nameColumnsMax = 36;
/** More rows than these would push the table out of sight. */
const rowsMax = 16;

/** A bar for each value, series below one another, all on one scale. */
export function terminalChart({ title, x, y, series }: Chart): string {
  const shown = series.map(({ name, points }) => ({ name, points: thinOut(points) }));
  const points = shown.flatMap((one) => one.points);
  if (points.length === 0) return `${title}: nothing was measured`;
  const scale = valueScale(
    points.map((point) => point.y),
    y.isLog,
  );
  const names = Math.max(...points.map((point) => Bun.stringWidth(nameOf(point))));
  const values = Math.max(...points.map((point) => numberText(point.y).length));
  const room = columnsMax - 2 - names - 2 - values - 2;
  const rows = shown.flatMap(({ name, points }) => [
    ...(series.length > 1 ? [name] : []),
    ...points.map((point) => {
      const value = numberText(point.y).padStart(values);
      return `  ${padStart(nameOf(point), names)}  ${value}  ${bar(scale.place(point.y), room)}`;
    }),
  ]);
  return [`${title} (${y.label} by ${x.label})`, ...rows].map(cut).join("\n");
}

type Point = Series["points"][number];

function nameOf({ x }: Point): string {
  const name = typeof x === "number" ? numberText(x) : x;
  if (Bun.stringWidth(name) <= nameColumnsMax) return name;
  return `${Bun.sliceAnsi(name, 0, nameColumnsMax - 1)}…`;
}

/** Evenly, and always with the first and the last. */
function thinOut(points: readonly Point[]): readonly Point[] {
  if (points.length <= rowsMax) return points;
  const step = (points.length - 1) / (rowsMax - 1);
  return Array.from({ length: rowsMax }, (_, i) => points[Math.round(i * step)]).filter(
    (point) => point !== undefined,
  );
}

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;

/** `part` of `columns`, to an eighth of a letter; something for every value that is not zero. */
function bar(part: number, columns: number): string {
  const eighths = Math.max(part > 0 ? 1 : 0, Math.round(part * columns * 8));
  return "█".repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? "");
}

function padStart(text: string, columns: number): string {
  return " ".repeat(Math.max(0, columns - Bun.stringWidth(text))) + text;
}

function cut(line: string): string {
  return Bun.stringWidth(line) <= columnsMax ? line : Bun.sliceAnsi(line, 0, columnsMax);
}
