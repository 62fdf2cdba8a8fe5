import type { Bound, Figure } from "./result.ts";
import { median, spread } from "./statistics.ts";

/**
 * A figure as it is shown: the median decides, and the spread says how far to trust it. What no run gave
 * is "–" and meets no bound; a bound is "✓ ≤ 12.3", nothing where there is none.
 */
export function assessFigure({ label, unit, runs, must, aim }: Figure) {
  const middle = median(runs);
  return {
    label,
    unit,
    median: numberText(middle),
    spread: spreadText(runs),
    must: boundText(must, middle),
    aim: boundText(aim, middle),
  };
}

/** "11.75 – 11.9", "none" where all runs gave the same, and nothing for a single run. */
function spreadText(runs: readonly number[]): string {
  if (runs.length < 2) return "";
  const { min, max } = spread(runs);
  const [low, high] = [numberText(min), numberText(max)];
  return low === high ? "none" : `${low} – ${high}`;
}

function boundText(bound: Bound | undefined, value: number): string {
  if (bound === undefined) return "";
  const [isMet, text] =
    "atLeast" in bound
      ? [value >= bound.atLeast, `≥ ${numberText(bound.atLeast)}`]
      : [value <= bound.atMost, `≤ ${numberText(bound.atMost)}`];
  return `${isMet ? "✓" : "✗"} ${text}`;
}

const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const hundredths = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });
const threeDigits = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

/** 12,345 · 438 · 11.84 · 0.612: as exact as a measurement is; "–" where nothing was measured. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const format = size >= 100 ? grouped : size >= 1 ? hundredths : threeDigits;
  return format.format(value);
}
