import { describe, expect, test } from "bun:test";
import { cpuMs } from "#lib/testing/cpu-ms.ts";
import { createRandom } from "#lib/testing/random.ts";
import { dayKinds, daysOfWeek, firstMinute, minutesOfDay } from "./day-slots.ts";
import { readHours, toMultirange } from "./read-hours.ts";

/**
 * Every kind of day with its hours, equal ones together: `월화 09:00-18:00 | 일 - | 휴 10:00-15:00`. 휴 is a public holiday
 * where it is alike on every day of the week; an hour above 24 is of the next day.
 */
function show(text: string): string {
  const opening = readHours(text);
  if (!opening) return "unknown";
  const time = (minute: number) =>
    [Math.floor(minute / 60), minute % 60].map((n) => String(n).padStart(2, "0")).join(":");
  const ofKind = (kind: number) => {
    const first = firstMinute(kind);
    const own = opening.filter(([from]) => from >= first && from < firstMinute(kind + 1));
    return (
      own.map(([from, to]) => `${time(from - first)}-${time(to - first)}`).join("+") || "closed"
    );
  };
  const kinds = Array.from({ length: dayKinds }, (_, kind) => ofKind(kind));
  const [week, holidays] = [kinds.slice(0, daysOfWeek), kinds.slice(daysOfWeek)];
  const names = [
    ...[..."월화수목금토일"].map((name, i): [string, string] => [week[i] ?? "", name]),
  ];
  const isAlike = week.every((hours, i) => hours === holidays[i]);
  if (!isAlike) names.push([[...new Set(holidays)].join(" or "), "휴"]);
  const grouped = Map.groupBy(names, ([hours]) => hours);
  return [...grouped]
    .map(([hours, days]) => `${days.map(([, d]) => d).join("")} ${hours}`)
    .join(" | ");
}

describe("opening hours are read", () => {
  test.each([
    [
      "평일 09:00~18:00, 토 10-15시, 공휴일 휴무",
      "월화수목금 09:00-18:00 | 토 10:00-15:00 | 일휴 closed",
    ],
    ["24시간", "월화수목금토일 00:00-24:00"],
    ["연중무휴 24시간", "월화수목금토일 00:00-24:00"],
    ["매일 10:00~20:00", "월화수목금토일 10:00-20:00"],
    ["10:00 ~ 20:00", "월화수목금토일 10:00-20:00"],
    ["월~금 09:00-18:00 / 토·일 휴무", "월화수목금 09:00-18:00 | 토일 closed"],
    [
      "월요일~금요일 09:00~18:00, 토요일 09:00~13:00, 일요일 및 공휴일 휴무",
      "월화수목금 09:00-18:00 | 토 09:00-13:00 | 일휴 closed",
    ],
    ["09:00~18:00(월~금), 10:00~15:00(토)", "월화수목금 09:00-18:00 | 토 10:00-15:00 | 일 closed"],
    ["매일(월요일 제외) 10:00~18:00", "월 closed | 화수목금토일 10:00-18:00"],
    ["화~일 11:00~19:00 (월요일 휴무)", "월 closed | 화수목금토일 11:00-19:00"],
    ["매주 월요일 휴무, 10:00~18:00", "월 closed | 화수목금토일 10:00-18:00"],
    ["휴무일: 월요일, 공휴일 / 운영시간: 10:00~18:00", "월휴 closed | 화수목금토일 10:00-18:00"],
    ["10:00~18:00, 정기휴무: 일요일", "월화수목금토 10:00-18:00 | 일 closed"],
    ["월수금 13:00~17:00", "월수금 13:00-17:00 | 화목토일 closed"],
    ["월,화,목 10:00~17:00", "월화목 10:00-17:00 | 수금토일 closed"],
    ["오전 9시~오후 6시", "월화수목금토일 09:00-18:00"],
    ["오전 10시 ~ 6시", "월화수목금토일 10:00-18:00"],
    ["평일 오전 9시 30분부터 오후 5시 30분까지", "월화수목금 09:30-17:30 | 토일휴 closed"],
    ["오후 2시~6시", "월화수목금토일 14:00-18:00"],
    ["18:00~02:00", "월화수목금토일 18:00-26:00"],
    ["금,토 18:00~익일 03:00", "월화수목일 closed | 금토 18:00-27:00"],
    ["22시~6시", "월화수목금토일 22:00-30:00"],
    ["평일 9~6시", "월화수목금 09:00-18:00 | 토일휴 closed"],
    ["0900~1800", "월화수목금토일 09:00-18:00"],
    [
      "평일 09:00~18:00 (점심시간 12:00~13:00)",
      "월화수목금 09:00-12:00+13:00-18:00 | 토일휴 closed",
    ],
    [
      "평일 09:00~18:00 (12:00~13:00 점심시간)",
      "월화수목금 09:00-12:00+13:00-18:00 | 토일휴 closed",
    ],
    ["10:00-22:00 (브레이크타임 15:00~17:00)", "월화수목금토일 10:00-15:00+17:00-22:00"],
    ["매일 10:00~20:00, 일요일 11:00~18:00", "월화수목금토 10:00-20:00 | 일 11:00-18:00"],
    ["하절기 09:00~18:00, 동절기 09:00~17:00", "unknown"],
    ["전화 문의", "unknown"],
    ["매월 둘째, 넷째 일요일 휴무 10:00~23:00", "월화수목금토일 10:00-23:00"],
    ["2,4번째 일요일 휴무, 매일 10:00~24:00", "월화수목금토일 10:00-24:00"],
    ["11:00~21:00 (명절 당일 휴무)", "월화수목금토일 11:00-21:00"],
    ["토요일, 일요일, 공휴일 10:00~17:00", "월화수목금 closed | 토일휴 10:00-17:00"],
    ["주말 및 공휴일 휴무 / 평일 08:30~17:30", "월화수목금 08:30-17:30 | 토일휴 closed"],
    ["월-토 10:30-20:30 일 12:00-18:00", "월화수목금토 10:30-20:30 | 일 12:00-18:00"],
    ["월~금: 09시~18시, 토: 09시~13시", "월화수목금 09:00-18:00 | 토 09:00-13:00 | 일 closed"],
    ["일출~일몰", "unknown"],
    ["상시 개방", "월화수목금토일 00:00-24:00"],
    ["폐업", "월화수목금토일 closed"],
    [
      "평일 10:00~19:00 토요일 10:00~17:00 (일요일, 공휴일 휴무)",
      "월화수목금 10:00-19:00 | 토 10:00-17:00 | 일휴 closed",
    ],
    ["AM 10:00 ~ PM 10:00", "월화수목금토일 10:00-22:00"],
    ["10am-8pm", "월화수목금토일 10:00-20:00"],
    [
      "월 휴무, 화 10:00~18:00, 수 10:00~18:00, 목 10:00~18:00, 금 10:00~18:00, 토 10:00~18:00, 일 10:00~17:00",
      "월 closed | 화수목금토 10:00-18:00 | 일 10:00-17:00",
    ],
    ["월~금 09:00~18:00(공휴일 제외)", "월화수목금 09:00-18:00 | 토일휴 closed"],
    ["00:00~24:00", "월화수목금토일 00:00-24:00"],
    ["09:00∼18:00", "월화수목금토일 09:00-18:00"],
    ["［평일］０９：００～１８：００", "월화수목금 09:00-18:00 | 토일휴 closed"],
    ["평일 09:00~12:00, 13:00~18:00", "월화수목금 09:00-12:00+13:00-18:00 | 토일휴 closed"],
    ["수거 매주 화·목 18:00~24:00", "월수금토일 closed | 화목 18:00-24:00"],
    ["매일 11:30 - 21:00 (라스트오더 20:30)", "월화수목금토일 11:30-21:00"],
    ["02-1234-5678", "unknown"],
    ["1일 1회 수거", "unknown"],
    ["자정~정오", "월화수목금토일 00:00-12:00"],
  ])("%s", (text, hours) => {
    expect(show(text)).toBe(hours);
  });
});

test("whatever is written, hours are within their kind of day, sorted, and do not overlap", () => {
  const dice = createRandom("hours");
  const parts = [
    ...["월", "화", "토요일", "일", "평일", "주말", "공휴일", "매일", "연중무휴", "매주 "],
    ...["휴무", "휴관일:", "제외", "(", ")", "~", "-", ",", "/", " ", "24시간", "상시"],
    ...[
      "09:00",
      "18:00",
      "9시",
      "오후 6시",
      "익일 02:00",
      "25:00",
      "0900-1830",
      "점심",
      "12:00~13:00",
    ],
    ...["\u{1F37A}", "별빛", "１０：００", "自", "0", "99"],
  ];
  const wrong: string[] = [];
  for (let i = 0; i < 5_000; i++) {
    const text = Array.from({ length: dice.int(1, 30) }, () => dice.pick(parts)).join("");
    let last = -1;
    for (const [from, before] of readHours(text) ?? []) {
      const first = firstMinute(Math.floor(from / firstMinute(1)));
      const isWithin = from < first + minutesOfDay && before <= first + firstMinute(1);
      if (from <= last || before <= from || !isWithin) wrong.push(text);
      last = before;
    }
  }
  expect(wrong).toEqual([]);
});

test("a text of the greatest length is read at once", () => {
  for (const part of ["월", "1", " ", "9~", "점심", "휴무", "(", "첫째 ", "오전 9시 "]) {
    expect(cpuMs(() => readHours(part.repeat(500).slice(0, 500)))).toBeLessThan(100);
  }
});

test("a set of minutes is written as PostgreSQL reads it", () => {
  expect(toMultirange(readHours("월 09:00~12:00, 13:00~18:00") ?? [])).toBe(
    "{[540,720),[780,1080),[20700,20880),[20940,21240)}",
  );
  expect(toMultirange([])).toBe("{}");
});
