import type { Bound, Figure } from "./bench.ts";
import { numberText } from "./number-text.ts";
import { median, type Spread, spread } from "./statistics.ts";

/** A figure as it is shown: the median decides, and the spread says how far to trust it. */
export interface Verdict {
  readonly label: string;
  readonly unit: string;
  /** NaN where no run gave a value; such a figure meets no bound. */
  readonly median: number;
  readonly spread: Spread;
  readonly runs: readonly number[];
  readonly must?: BoundVerdict;
  readonly aim?: BoundVerdict;
}

export interface BoundVerdict {
  readonly bound: Bound;
  /** "≤ 12.3" */
  readonly text: string;
  readonly isMet: boolean;
}

export function judge({ label, unit, runs, must, aim }: Figure): Verdict {
  const middle = median(runs);
  return {
    label,
    unit,
    median: middle,
    spread: spread(runs),
    runs,
    ...(must && { must: against(must, middle) }),
    ...(aim && { aim: against(aim, middle) }),
  };
}

/** "11.75 – 11.9", "none" where all runs gave the same, and nothing for a single run. */
export function spreadText({ runs, spread }: Pick<Verdict, "runs" | "spread">): string {
  if (runs.length < 2) return "";
  const [low, high] = [numberText(spread.min), numberText(spread.max)];
  return low === high ? "none" : `${low} – ${high}`;
}

/** "✓ ≤ 12.3", or nothing where there is no such bound. */
export function boundMark(verdict: BoundVerdict | undefined): string {
  return verdict ? `${verdict.isMet ? "✓" : "✗"} ${verdict.text}` : "";
}

export function boundValue(bound: Bound): number {
  return "atLeast" in bound ? bound.atLeast : bound.atMost;
}

function against(bound: Bound, value: number): BoundVerdict {
  const sign = "atLeast" in bound ? "≥" : "≤";
  const isMet = "atLeast" in bound ? value >= bound.atLeast : value <= bound.atMost;
  return { bound, text: `${sign} ${numberText(boundValue(bound))}`, isMet };
}
