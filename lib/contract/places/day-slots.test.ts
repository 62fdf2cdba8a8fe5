import { describe, expect, test } from "bun:test";
import { readTsv } from "#lib/contract/tsv.ts";
import { daySlots, firstMinute, timeText } from "./day-slots.ts";
import { isPublicHoliday } from "./public-holidays.ts";
import table from "./public-holidays.tsv" with { type: "text" };
import { type Opening, readHours } from "./read-hours.ts";

const [monday, tuesday, wednesday, holiday] = [0, 1, 2, 7];

function isOpen(opening: Opening | undefined, at: string): boolean {
  const { now } = daySlots(Date.parse(`${at}+09:00`));
  return now.some((minute) => opening?.some(([from, before]) => from <= minute && minute < before));
}

describe("what time it is in Korea", () => {
  test.each([
    ["2027-03-16T00:00", tuesday, 0, monday],
    ["2027-03-16T23:59", tuesday, 1439, monday],
    // 삼일절 is a Monday, the Sunday before it is none.
    ["2027-03-01T10:00", monday + holiday, 600, 6],
    // The substitute of 설날 on a Sunday is a Tuesday.
    ["2027-02-09T09:00", tuesday + holiday, 540, monday + holiday],
    ["2027-02-10T09:00", wednesday, 540, tuesday + holiday],
  ])("%s", (at, kind, minute, yesterday) => {
    const { today, now } = daySlots(Date.parse(`${at}:00+09:00`));
    expect(today[0]).toBe(firstMinute(kind));
    expect(now).toEqual([firstMinute(kind) + minute, firstMinute(yesterday) + 1440 + minute]);
  });

  test("is the day of Korea, where the night of UTC is another one", () => {
    const { today } = daySlots(Date.parse("2027-03-15T15:00:00Z"));
    expect(today[0]).toBe(firstMinute(tuesday));
  });
});

describe("a place is open", () => {
  test.each([
    ["월 18:00~02:00", "2027-03-15T17:59", false],
    ["월 18:00~02:00", "2027-03-15T18:00", true],
    ["월 18:00~02:00", "2027-03-16T01:59", true],
    ["월 18:00~02:00", "2027-03-16T02:00", false],
    // Sunday's night goes on into Monday, and Monday has no night of its own then.
    ["일 22:00~06:00, 월 휴무", "2027-03-15T05:59", true],
    // The night before 삼일절 belongs to the Sunday, whatever holds on holidays.
    ["매일 18:00~02:00, 공휴일 휴무", "2027-03-01T01:00", true],
    ["매일 18:00~02:00, 공휴일 휴무", "2027-03-01T19:00", false],
    ["매일 18:00~02:00, 공휴일 휴무", "2027-03-02T01:00", false],
    ["평일 09:00~18:00", "2027-03-01T10:00", false],
    ["평일 09:00~18:00", "2027-03-02T10:00", true],
    ["월~금 09:00~18:00", "2027-03-01T10:00", true],
    ["연중무휴 평일 09:00~18:00, 주말 10:00~15:00", "2027-03-06T10:00", true],
    ["토·공휴일 10:00~15:00", "2027-03-01T14:59", true],
    ["토·공휴일 10:00~15:00", "2027-03-01T15:00", false],
    ["24시간", "2027-02-07T00:00", true],
  ])("%s: at %s %p", (hours, at, expected) => {
    expect(isOpen(readHours(hours), at)).toBe(expected);
  });
});

describe("the table of public holidays", () => {
  const rows = readTsv(table);
  const years = [...new Set(rows.map(({ date = "" }) => Number(date.slice(0, 4))))];

  test("has this year and the coming ones, each day once and in order", () => {
    expect(years).toEqual([2026, 2027, 2028, 2029, 2030, 2031]);
    const dates = rows.map(({ date = "" }) => date);
    expect(dates).toEqual([...new Set(dates)].sort());
    expect(dates.every((date) => new Date(date).toISOString().startsWith(date))).toBe(true);
  });

  test("has every feast of the moon where the calendar of ICU has it", () => {
    const moon = new Intl.DateTimeFormat("en-u-ca-dangi", {
      ...{ month: "numeric", day: "numeric", timeZone: "UTC" },
    });
    // 설날, 부처님오신날, 추석
    const feasts = new Set(["1/1", "4/8", "8/15"]);
    const missing: string[] = [];
    let found = 0;
    const end = Date.parse("2032-01-01");
    for (let day = Date.parse("2026-01-01"); day < end; day += 86_400_000) {
      const date = new Date(day).toISOString().slice(0, 10);
      if (!feasts.has(moon.format(day))) continue;
      found++;
      if (!isPublicHoliday(date)) missing.push(date);
    }
    expect([found, missing]).toEqual([18, []]);
  });

  test.each([
    ["2026-03-02", "삼일절 on a Sunday"],
    ["2027-02-09", "설날 over a Sunday"],
    ["2027-08-16", "광복절 on a Sunday"],
    ["2027-12-27", "성탄절 on a Saturday"],
  ])("has the substitute %s: %s", (date) => {
    expect(isPublicHoliday(date)).toBe(true);
  });

  test("has no other days", () => {
    for (const date of ["2027-03-02", "2027-06-07", "2027-12-31"]) {
      expect([date, isPublicHoliday(date)]).toEqual([date, false]);
    }
  });
});

test("times are shown by the clock, the end of a day as 24:00", () => {
  expect([0, 540, 1440, 1500].map(timeText)).toEqual(["00:00", "09:00", "24:00", "01:00"]);
});
