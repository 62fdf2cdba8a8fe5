/** What stands where nothing was measured. */
export const noNumber = "–";

const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const hundredths = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });
const threeDigits = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

/** 12,345 · 438 · 11.84 · 0.612: as exact as a measurement is, and short. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return noNumber;
  const size = Math.abs(value);
  const format = size >= 100 ? grouped : size >= 1 ? hundredths : threeDigits;
  return format.format(value);
}

/** The same on an axis: 500 · 5,000 · 10k · 2.5M. */
export function tickText(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${threeDigits.format(value / 1e6)}M`;
  if (size >= 1e4) return `${threeDigits.format(value / 1e3)}k`;
  return (size >= 100 ? grouped : threeDigits).format(value);
}

/** "12.3 s", "100 %", "1,500 jobs/s". */
export function withUnit(value: number, unit: string): string {
  return unit ? `${numberText(value)} ${unit}` : numberText(value);
}
