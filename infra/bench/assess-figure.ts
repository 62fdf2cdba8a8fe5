import { numberText } from "./number-text.ts";
import type { Bound, Figure } from "./result.ts";
import { median, spread } from "./statistics.ts";

/** A figure as it is shown: the median decides, and the spread says how far to trust it. */
export interface AssessedFigure {
  readonly label: string;
  readonly unit: string;
  /** NaN where no run gave a value; such a figure meets no bound. */
  readonly median: number;
  /** "11.75 – 11.9", "none" where all runs gave the same, and nothing for a single run. */
  readonly spread: string;
  /** "✓ ≤ 12.3", or nothing where there is no such bound. */
  readonly must: string;
  readonly aim: string;
}

export function assessFigure({ label, unit, runs, must, aim }: Figure): AssessedFigure {
  const middle = median(runs);
  return {
    label,
    unit,
    median: middle,
    spread: spreadText(runs),
    must: boundText(must, middle),
    aim: boundText(aim, middle),
  };
}

function spreadText(runs: readonly number[]): string {
  if (runs.length < 2) return "";
  const { min, max } = spread(runs);
  const [low, high] = [numberText(min), numberText(max)];
  return low === high ? "none" : `${low} – ${high}`;
}

function boundText(bound: Bound | undefined, value: number): string {
  if (bound === undefined) return "";
  const isMet = "atLeast" in bound ? value >= bound.atLeast : value <= bound.atMost;
  const text =
    "atLeast" in bound ? `≥ ${numberText(bound.atLeast)}` : `≤ ${numberText(bound.atMost)}`;
  return `${isMet ? "✓" : "✗"} ${text}`;
}
