import { isPublicHoliday } from "./public-holidays.ts";

/**
 * Opening hours as a set of minutes that a database can be asked about. A day is one of 14 kinds: Monday to Sunday, and
 * the same seven as a public holiday. Each kind has two days' worth of minutes, the second for hours that cross
 * midnight: they belong to the day they began on, whatever the next one is.
 */

export const daysOfWeek = 7;
export const dayKinds = 2 * daysOfWeek;
export const minutesOfDay = 24 * 60;
export const minutesOfKind = 2 * minutesOfDay;

/** The first minute of a day's kind; 0 is Monday, 7 a Monday that is a public holiday. */
export function firstMinute(kind: number): number {
  return kind * minutesOfKind;
}

export interface DaySlots {
  /** The minutes of today's kind, from and before. */
  readonly today: readonly [from: number, before: number];
  /** The minute it is now: as one of today, and as one of the night that began yesterday. */
  readonly now: readonly [number, number];
}

/** @param now milliseconds since the Unix epoch */
export function daySlots(now: number): DaySlots {
  const { kind, minute } = koreanDay(now);
  const yesterday = koreanDay(now - minutesOfDay * 60_000).kind;
  const from = firstMinute(kind);
  return {
    today: [from, from + minutesOfKind],
    now: [from + minute, firstMinute(yesterday) + minutesOfDay + minute],
  };
}

/** `HH:MM` of a minute counted from the day's first. The midnight a day ends with is `24:00`. */
export function timeText(minute: number): string {
  const inDay = minute === minutesOfDay ? minute : minute % minutesOfDay;
  const two = (n: number) => String(n).padStart(2, "0");
  return `${two(Math.floor(inDay / 60))}:${two(inDay % 60)}`;
}

/** Korea has had no summer time since 1988. */
const koreaMs = 9 * 60 * 60_000;

function koreanDay(now: number) {
  const local = new Date(now + koreaMs);
  const weekday = (local.getUTCDay() + 6) % daysOfWeek;
  const isHoliday = isPublicHoliday(local.toISOString().slice(0, 10));
  const minute = local.getUTCHours() * 60 + local.getUTCMinutes();
  return { kind: weekday + (isHoliday ? daysOfWeek : 0), minute };
}
