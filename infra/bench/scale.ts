/** From values to places along an axis. */
export interface Scale {
  readonly from: number;
  readonly to: number;
  /** Rising, all within from..to. */
  readonly ticks: readonly number[];
  /** 0 at `from`, 1 at `to`. */
  place(value: number): number;
}

/** For values that are compared: from zero, or logarithmic where it was asked for and can be. */
export function valueScale(values: readonly number[], isLog = false): Scale {
  const canBeLog = isLog && values.every((value) => value > 0);
  return canBeLog ? logScale(values, "ticks") : scaleFromZero(values);
}

/** Begins at zero, so that lengths can be compared, and ends at the first tick above all values. */
export function scaleFromZero(values: readonly number[], ticksMax = 6): Scale {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values) || (low < 0 ? 0 : 1);
  const step = niceStep((high - low) / (ticksMax - 1));
  const [first, last] = [Math.floor(low / step), Math.ceil(high / step)];
  const ticks = range(first, last).map((n) => tidy(n * step));
  return linear(first * step, last * step, ticks);
}

/** Ends where the values do: for what lies along the bottom. */
export function scaleOfExtent(values: readonly number[], ticksMax = 6): Scale {
  const [low, high] = extent(values);
  const step = niceStep((high - low) / (ticksMax - 1));
  const ticks = range(Math.ceil(low / step), Math.floor(high / step)).map((n) => tidy(n * step));
  return linear(low, high, ticks);
}

/** Powers of ten and, where these are few, their 2- and 5-fold. Values must be above zero. */
export function logScale(values: readonly number[], ends: "values" | "ticks"): Scale {
  const [low, high] = extent(values);
  const decades = range(Math.floor(Math.log10(low)) - 1, Math.ceil(Math.log10(high)) + 1);
  const isWide = Math.log10(high / low) > 3;
  const steps = decades.flatMap((n) => (isWide ? [1] : [1, 2, 5]).map((m) => tidy(m * 10 ** n)));
  const from = ends === "values" ? low : (steps.findLast((step) => step <= low) ?? low);
  const to = ends === "values" ? high : (steps.find((step) => step >= high) ?? high);
  return {
    from,
    to,
    ticks: steps.filter((step) => step >= from && step <= to),
    place: (value) => Math.log(value / from) / Math.log(to / from),
  };
}

function linear(from: number, to: number, ticks: readonly number[]): Scale {
  return { from, to, ticks, place: (value) => (value - from) / (to - from) };
}

/** Never of length zero: a single value lies in the middle of its axis. */
function extent(values: readonly number[]): [low: number, high: number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (low > high) return [1, 10];
  return low < high ? [low, high] : low > 0 ? [low / 2, low * 1.5] : [low - 1, low + 1];
}

/** The smallest of 1, 2, 2.5, 5 times a power of ten that is not below `least`. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 2.5, 5, 10].find((one) => one * power >= least * 0.999_999) ?? 10;
  return factor * power;
}

/** 0.30000000000000004 → 0.3 */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

function range(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
}
