import { daysOfWeek, firstMinute } from "./day-slots.ts";
import { allWeek, publicHoliday, readTokens } from "./hours-tokens.ts";

/** Minutes a place is open, `from` up to `before`, as `day-slots.ts` counts them: sorted, without overlap. */
export type Opening = readonly (readonly [from: number, before: number])[];

/**
 * Reads opening hours as registers and shops write them: `평일 09:00~18:00, 토 10-15시, 공휴일 휴무`, `24시간`.
 *
 * - Days that are not spoken of are closed, where any are; hours without days are those of every day.
 * - A narrower rule wins over a wider one: `매일 10~20시, 일요일 11~18시`.
 * - 평일 is no public holiday. For other days a public holiday is like any, unless the text says more.
 * - What a week cannot hold is left out: 둘째 일요일, 1월 1일, 명절. The place counts as open then.
 *
 * @returns undefined where no hours can be understood, or they change with the season
 */
export function readHours(text: string): Opening | undefined {
  const plain = prepare(text);
  if (GONE.test(plain)) return [];
  if (SEASONAL.test(plain)) return undefined;
  const week = new Week();
  week.read(plain);
  return week.opening();
}

/** For a column of `int4multirange`. */
export function toMultirange(opening: Opening): string {
  return `{${opening.map(([from, before]) => `[${from},${before})`).join(",")}}`;
}

const GONE = /폐업|폐점|휴업|운영\s*중단|폐쇄/u;
const SEASONAL = /절기|여름|겨울|방학|성수기|비수기|\d\s*월/u;

const DAYS_OF_MONTH = /매월|매달|격주|(?:첫|둘|셋|넷|다섯|마지막)\s*째?/u;
const NUMBERED = /\d(?:\s*[,·&/]\s*\d)*\s*(?:번\s*째|째)/u;
const FEASTS = /명절|설날?(?!\p{L})|추석|구정|신정/u;
const NOT_OF_A_WEEK = new RegExp(
  `(?:${[DAYS_OF_MONTH, NUMBERED, FEASTS].map(({ source }) => source).join("|")})` +
    "[^/\\n;|)]*?(?:휴무|휴관|휴점|휴진|제외)일?",
  "gu",
);

function prepare(text: string): string {
  return (
    text
      .normalize("NFKC")
      .replace(/[〜∼～]/gu, "~")
      .replace(/[‐-―−–—]/gu, "-")
      .replace(/[[{【]/gu, "(")
      .replace(/[\]}】]/gu, ")")
      .replace(/\d{1,2}\s*월\s*\d{1,2}\s*일/gu, " ")
      // Days of a month, and feasts: what is closed then is open in most weeks.
      .replace(NOT_OF_A_WEEK, " ")
  );
}

type Range = readonly [from: number, before: number];

interface Rule {
  /** How many days it was said of: the fewer, the stronger. */
  readonly width: number;
  readonly isWorkday: boolean;
  readonly ranges: Range[];
}

/** What was being said when brackets began. */
interface Outside {
  readonly named: number[];
  readonly isWorkday: boolean;
  readonly isSaid: boolean;
}

class Week {
  /** By day; none is a day that is not spoken of. */
  readonly #rules = new Map<number, Rule>();
  readonly #closed = new Set<number>();
  readonly #breaks: Range[] = [];
  /** Days that are named, and what is said of them is still to come, or has just been said. */
  #named: number[] = [];
  #isWorkday = false;
  #isSaid = false;
  /** `휴무일: ` names the days that follow. */
  #closesNext = false;
  #lastHours: Range | undefined;

  read(text: string): void {
    const outside: Outside[] = [];
    for (const token of readTokens(text)) {
      switch (token.type) {
        case "days":
          this.#name(token.days, token.isWorkday);
          break;
        case "hours":
          this.#open([token.from, token.before]);
          break;
        case "always":
          this.#open([0, 24 * 60]);
          break;
        case "break":
          this.#breaks.push([token.from, token.before]);
          break;
        case "closed":
          this.#close();
          break;
        case "open":
          outside.push({ named: this.#named, isWorkday: this.#isWorkday, isSaid: this.#isSaid });
          this.#named = [];
          this.#isSaid = false;
          break;
        case "close":
          this.#closeParenthesis(outside.pop());
          break;
      }
    }
    this.#finishClosing();
  }

  opening(): Opening | undefined {
    if (this.#rules.size === 0) return undefined;
    const kinds = [...allWeek, ...allWeek.map((day) => day + daysOfWeek)];
    return kinds.flatMap((kind) => {
      const first = firstMinute(kind);
      return this.#rangesOf(kind).map(([from, before]): Range => [first + from, first + before]);
    });
  }

  #rangesOf(kind: number): Range[] {
    const day = kind % daysOfWeek;
    const isHoliday = kind >= daysOfWeek;
    if (isHoliday && this.#closed.has(publicHoliday)) return [];
    const special = isHoliday ? this.#rules.get(publicHoliday) : undefined;
    const rule = special ?? this.#rules.get(day);
    if (!rule || (!special && this.#closed.has(day))) return [];
    if (isHoliday && !special && rule.isWorkday) return [];
    return this.#breaks.reduce<Range[]>(withoutBreak, merged(rule.ranges));
  }

  #name(days: readonly number[], isWorkday: boolean): void {
    if (this.#isSaid) this.#named = [];
    if (this.#named.length === 0) this.#isWorkday = isWorkday;
    this.#named = [...new Set([...this.#named, ...days])];
    this.#isWorkday &&= isWorkday;
    this.#isSaid = false;
  }

  #open(range: Range): void {
    this.#finishClosing();
    this.#lastHours = range;
    this.#isSaid = true;
    this.#give(this.#named.length > 0 ? this.#named : [...allWeek], range, this.#isWorkday);
  }

  #give(days: readonly number[], range: Range, isWorkday: boolean): void {
    // `연중무휴` names the holidays to say that they are as other days.
    const width = days.filter((day) => day !== publicHoliday).length || 1;
    for (const day of days) {
      if (day === publicHoliday && width === daysOfWeek) continue;
      const rule = this.#rules.get(day);
      if (rule && rule.width < width) continue;
      if (rule && rule.width === width) rule.ranges.push(range);
      else this.#rules.set(day, { width, isWorkday: isWorkday && day < 5, ranges: [range] });
    }
    if (days.includes(publicHoliday) && width === daysOfWeek) this.#followOnHolidays();
  }

  #followOnHolidays(): void {
    for (const [day, rule] of this.#rules) this.#rules.set(day, { ...rule, isWorkday: false });
  }

  #close(): void {
    if (this.#named.length === 0 || this.#isSaid) {
      this.#closesNext = true;
      this.#named = [];
      return;
    }
    for (const day of this.#named) this.#closed.add(day);
    this.#named = [];
    this.#isSaid = true;
  }

  #finishClosing(): void {
    if (!this.#closesNext) return;
    this.#closesNext = false;
    for (const day of this.#named) this.#closed.add(day);
    this.#named = [];
  }

  /** `09:00~18:00(월~금)`: days alone in brackets are of the hours before them. */
  #closeParenthesis(outside: Outside | undefined): void {
    if (!outside) return;
    const hours = this.#lastHours;
    const isOnlyDays = !this.#isSaid && this.#named.length > 0 && !this.#closesNext;
    if (isOnlyDays && outside.isSaid && hours && outside.named.length === 0) {
      this.#withdraw(hours);
      this.#give(this.#named, hours, this.#isWorkday);
      this.#named = [];
      this.#isSaid = true;
      return;
    }
    if (isOnlyDays && !outside.isSaid) {
      this.#named = [...new Set([...outside.named, ...this.#named])];
      return;
    }
    this.#finishClosing();
    this.#named = outside.named;
    this.#isWorkday = outside.isWorkday;
    this.#isSaid = outside.isSaid;
  }

  /** It was taken for hours of every day. */
  #withdraw(hours: Range): void {
    for (const [day, { width, ranges }] of this.#rules) {
      if (width !== daysOfWeek) continue;
      ranges.splice(ranges.indexOf(hours), ranges.includes(hours) ? 1 : 0);
      if (ranges.length === 0) this.#rules.delete(day);
    }
  }
}

function merged(ranges: readonly Range[]): Range[] {
  const sorted = ranges.toSorted(([a], [b]) => a - b);
  const [first, ...others] = sorted;
  if (!first) return [];
  const found: Range[] = [first];
  for (const [from, before] of others) {
    const [lastFrom, lastBefore] = found.at(-1) ?? [0, 0];
    if (from > lastBefore) found.push([from, before]);
    else found[found.length - 1] = [lastFrom, Math.max(lastBefore, before)];
  }
  return found;
}

/** Only a break within the hours is one. */
function withoutBreak(ranges: readonly Range[], [from, before]: Range): Range[] {
  return ranges.flatMap(([opens, closes]): Range[] =>
    opens < from && before < closes
      ? [
          [opens, from],
          [before, closes],
        ]
      : [[opens, closes]],
  );
}
