import { minutesOfDay } from "./day-slots.ts";

/** Days a text speaks of: Monday to Sunday are 0 to 6. */
export const publicHoliday = 7;
export const allWeek: readonly number[] = [0, 1, 2, 3, 4, 5, 6];

export type Token =
  /** `isWorkday` of 평일, which a public holiday is not. */
  | { readonly type: "days"; readonly days: readonly number[]; readonly isWorkday: boolean }
  | { readonly type: "hours"; readonly from: number; readonly before: number }
  /** Within the hours, as for lunch. */
  | { readonly type: "break"; readonly from: number; readonly before: number }
  | { readonly type: "closed" }
  | { readonly type: "always" }
  | { readonly type: "open" | "close" };

/** What a text about opening hours says that can be understood, in its order. */
export function readTokens(text: string): Token[] {
  return [...text.matchAll(TOKEN)].flatMap((match) => toToken(match, text) ?? []);
}

const DAY = "(?:[월화수목금토일]+(?:요일)?)";
/** A day's letter is one only where no other word goes on with it. */
const DAY_ENDS = "(?![\\p{L}])|(?=(?:은|는|과|와|및|에|만|부터|까지|휴무|휴관|휴점)(?!\\p{L}*요))";
const TIME =
  "(?:익일|다음\\s*날)?\\s*(?:(?:오전|오후|새벽|아침|낮|저녁|밤|am|pm)\\s*)?" +
  "(?:정오|자정|\\d{1,2}\\s*:\\s*\\d{2}|\\d{1,2}\\s*시(?:\\s*반|\\s*\\d{1,2}\\s*분?)?|\\d{1,2}(?!\\d))(?:\\s*(?:am|pm))?";
const TO = "\\s*(?:~|-|부터|에서)\\s*";
const BREAK = "점심|중식|휴게|휴식|브레이크|break";

/** Digits around it would make it a telephone number or a date. */
const SPAN =
  `(?<![\\d:.-])(?:(?<from>${TIME})${TO}(?<to>${TIME})|` +
  "(?<from4>[0-2]\\d[0-5]0)\\s*[~-]\\s*(?<to4>[0-2]\\d[0-5]0))(?![\\d:-])";

const TOKEN = new RegExp(
  [
    "(?<paren>[()])",
    "(?<always>24\\s*시간|24\\s*h(?:ours?|rs?)?(?![a-z])|상시(?:\\s*(?:개방|운영|이용))?|종일)",
    "(?<everyDay>연중\\s*무휴|매일|무휴|everyday|daily)",
    "(?<workdays>평일|주중|weekdays?)",
    "(?<weekend>주말|weekends?)",
    "(?<holiday>(?:법정\\s*)?공휴일|국경일|(?<!\\p{L})휴일(?!\\s*:))",
    `(?<week>(?<![\\p{L}\\d])(?<first>${DAY})${TO}(?<last>${DAY})(?:${DAY_ENDS}))`,
    `(?<![\\p{L}\\d])(?:매주\\s*)?(?<day>${DAY})(?:${DAY_ENDS})`,
    `(?<pause>(?:${BREAK})[^\\d()~]{0,12}?)?${SPAN}(?<paused>\\s*(?:${BREAK}))?`,
    "(?<closed>(?:정기\\s*)?(?:휴무|휴관|휴점|휴진)(?:일)?|휴일(?=\\s*:)|제외|쉽니다|쉬는\\s*날|미운영|운영\\s*안\\s*함|closed)",
  ].join("|"),
  "giu",
);

function toToken({ groups = {}, index }: RegExpMatchArray, text: string): Token | undefined {
  const days = (numbers: readonly number[], isWorkday = false): Token => ({
    type: "days",
    days: numbers,
    isWorkday,
  });
  if (groups.paren) return { type: groups.paren === "(" ? "open" : "close" };
  if (groups.always) return { type: "always" };
  if (groups.everyDay) return days([...allWeek, publicHoliday]);
  if (groups.workdays) return days([0, 1, 2, 3, 4], true);
  if (groups.weekend) return days([5, 6]);
  if (groups.holiday) return days([publicHoliday]);
  if (groups.week) return days(week(lettersOf(groups.first), lettersOf(groups.last)));
  // `만 19세 이상은 일 1회` speaks of no Sunday.
  if (groups.day && /^\s*\d+\s*(?:회|개|명|원)/.test(text.slice((index ?? 0) + groups.day.length)))
    return undefined;
  if (groups.day) return days(lettersOf(groups.day));
  if (groups.closed) return { type: "closed" };
  const span = groups.from4
    ? spanOf(clockOf(groups.from4), clockOf(groups.to4))
    : readSpan(groups.from ?? "", groups.to ?? "");
  if (!span) return undefined;
  return { type: (groups.pause ?? groups.paused) ? "break" : "hours", ...span };
}

function lettersOf(text = ""): number[] {
  return [...text.replace("요일", "")].map((letter) => "월화수목금토일".indexOf(letter));
}

/** From the last letter before the dash to the first one after it, over Sunday if need be. */
function week(first: readonly number[], last: readonly number[]): number[] {
  const [from, to] = [first.at(-1) ?? 0, last[0] ?? 6];
  const between = Array.from({ length: ((to - from + 7) % 7) + 1 }, (_, i) => (from + i) % 7);
  return [...new Set([...first, ...between, ...last])];
}

interface Time {
  readonly minute: number;
  /** Said to be of the morning or the afternoon, or written by the 24-hour clock: then there is nothing to guess. */
  readonly isExact: boolean;
  readonly isNextDay: boolean;
  readonly isAfternoon: boolean;
}

/** @returns minutes from the day's first; undefined for numbers that are no times */
function readSpan(fromText: string, toText: string) {
  const [from, to] = [readTime(fromText), readTime(toText)];
  if (!from || !to) return undefined;
  // 자정 and 24시 begin a day as well as they end one.
  return spanOf(
    from.minute % minutesOfDay,
    to.isNextDay ? to.minute + minutesOfDay : guessEnd(from, to),
  );
}

/** `오전 10시~6시` and `9~6시` end in the afternoon, `오후 2시~6시` as well, and `22시~6시` the next morning. */
function guessEnd(from: Time, to: Time): number {
  const later = to.minute + minutesOfDay / 2;
  const isMorning = from.minute >= 6 * 60 && from.minute <= 12 * 60;
  if (to.isExact || to.minute > from.minute || later <= from.minute) return to.minute;
  return isMorning || from.isAfternoon ? later : to.minute;
}

function spanOf(from: number | undefined, to: number | undefined) {
  if (from === undefined || to === undefined) return undefined;
  const before = to <= from ? to + minutesOfDay : to;
  const isPossible = from < minutesOfDay && before - from <= minutesOfDay;
  return isPossible ? { from, before } : undefined;
}

function readTime(text: string): Time | undefined {
  const [, next, half, hours, colon, minutes] =
    /^(익일|다음\s*날)?\s*(오전|오후|새벽|아침|낮|저녁|밤|am|pm)?\s*(정오|자정|\d{1,2})\s*(?:(:|시)\s*(반|\d{1,2})?\s*분?)?/i.exec(
      text,
    ) ?? [];
  if (hours === undefined) return undefined;
  const said = half ?? /(am|pm)\s*$/i.exec(text)?.[1];
  const hour = hours === "정오" ? 12 : hours === "자정" ? 24 : hourOf(Number(hours), said);
  const minute = hour * 60 + (minutes === "반" ? 30 : Number(minutes ?? 0));
  if (hour > 30 || minute % 60 !== Number(minutes === "반" ? 30 : (minutes ?? 0))) return undefined;
  return {
    minute,
    isExact: said !== undefined || colon === ":" || hour > 12,
    isNextDay: next !== undefined,
    isAfternoon: isAfternoon(said),
  };
}

const isAfternoon = (said: string | undefined) => /^(?:오후|낮|저녁|밤|pm)$/i.test(said ?? "");

function hourOf(hour: number, said: string | undefined): number {
  if (hour > 12 || said === undefined) return hour;
  if (!isAfternoon(said)) return hour % 12;
  // 밤 12시 ends the day, 낮 12시 halves it.
  if (said === "밤" && hour === 12) return 24;
  return (hour % 12) + 12;
}

/** `0930` */
function clockOf(text: string | undefined): number {
  return Number(text?.slice(0, 2)) * 60 + Number(text?.slice(2));
}
