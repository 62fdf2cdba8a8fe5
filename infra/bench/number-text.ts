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
