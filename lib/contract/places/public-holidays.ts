import { readTsv } from "#lib/contract/tsv.ts";
import table from "./public-holidays.tsv" with { type: "text" };

/**
 * Public holidays of Korea (관공서의 공휴일에 관한 규정), with their substitutes and the elections that are set, up to the
 * last year of the table. Made with the Python package `holidays` 0.105; a test compares the feasts of the moon with
 * ICU's calendar. A holiday that the government declares for one occasion is a line more.
 */
const holidays = new Set(readTsv(table).map(({ date }) => date));

/** @param date `YYYY-MM-DD` in Korea */
export function isPublicHoliday(date: string): boolean {
  return holidays.has(date);
}
