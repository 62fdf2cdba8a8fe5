import { describe, expect, test } from "bun:test";
import { josa } from "es-hangul";
import { ITEMS, type Item } from "./items.ts";
import { readWords } from "./read-words.ts";

/**
 * What holds for one item holds for every item: whole forms of asking, said of the table. Every third
 * item, so that it stays quick; a fault of a form shows in hundreds of them.
 */
const some = ITEMS.filter(
  ({ name }, i) => i % 3 === 0 && name.length > 1 && !/폐기물|쓰레기/.test(name),
);

const categories = (text: string) => {
  const { items, unknown } = readWords(text);
  return unknown === undefined ? [...new Set(items.map(({ category }) => category))] : ["?"];
};

describe("an item is read out of every form of asking about it", () => {
  const n = (name: string, particle: Parameters<typeof josa>[1]) => josa(name, particle);
  test.each<[string, (name: string) => string]>([
    ["what it is", (name) => `이거 ${n(name, "이에요/예요")}`],
    ["how", (name) => `혹시 ${name} 어떻게 버리는지 아시나요?`],
    ["whose it was", (name) => `우리 딸이 쓰던 ${name}`],
    ["where it was", (name) => `서랍에서 나온 ${name}`],
    ["how many", (name) => `${name} 다섯 개 정도`],
    ["without spaces", (name) => `안쓰는${name.replaceAll(" ", "")}어디다버려요`],
    ["why", (name) => `${n(name, "이/가")} 오래돼서 바꿨어요`],
    ["the case of", (name) => `${name}의 경우는 어떻게 하나요`],
    ["what it was", (name) => `${name}이었는데 이제 안 써요`],
    ["a category that is asked about", (name) => `${name} 일반쓰레기인가요?`],
    ["two categories", (name) => `${n(name, "은/는")} 음식물이에요 일반이에요?`],
    ["bulky waste", (name) => `${name} 대형폐기물인가요`],
    ["a material that is asked about", (name) => `${n(name, "은/는")} 종이인가요?`],
    ["a bin", (name) => `${name} 헌옷수거함에 넣어도 되나요`],
    ["another bin", (name) => `${name} 음식물 쓰레기통에 넣어도 되나요`],
    ["a bin of glass", (name) => `${name} 유리병 수거함에 넣어요?`],
    ["as scrap", (name) => `${name} 고철로 내도 될까요`],
    ["a fee", (name) => `${name} 스티커 사야 하나요`],
    ["collection", (name) => `${name} 무상수거 되나요`],
    ["money", (name) => `${name} 버리는데 돈 내야 하나요`],
  ])("%s", (_, form) => {
    const isMissed = ({ name, category }: Item) => categories(form(name)).join() !== category;
    const missed = some.filter(isMissed).map(({ name }) => form(name));
    expect(missed.length / some.length, missed.slice(0, 9).join(" | ")).toBeLessThan(0.01);
  });
});

describe("of two items the right one is meant", () => {
  const one = (i: number) => some[(i * 7) % some.length] as Item;
  const pairs = some
    .map((a, i) => [a, one(i + 3)] as const)
    .filter(([a, b]) => a.category !== b.category);
  test.each<[string, (a: string, b: string) => string, "first" | "last" | "both"]>([
    ["말고", (a, b) => `${a} 말고 ${b}`, "last"],
    ["아니라", (a, b) => `${josa(a, "이/가")} 아니라 ${josa(b, "이에요/예요")}`, "last"],
    ["옆에", (a, b) => `${a} 옆에 있던 ${b}`, "last"],
    ["에서", (a, b) => `${a}에서 나온 ${b}`, "last"],
    ["에 넣어서", (a, b) => `${josa(a, "을/를")} ${b}에 넣어서 버리면 되나요`, "first"],
    ["랑", (a, b) => `${josa(a, "이랑/랑")} ${b}`, "both"],
    ["하고", (a, b) => `${a}하고 ${b}요`, "both"],
  ])("%s", (_, form, meant) => {
    const missed = pairs.flatMap(([a, b]) => {
      const wanted = { first: [a], last: [b], both: [a, b] }[meant].map(({ category }) => category);
      const said = form(a.name, b.name);
      return categories(said).toSorted().join() === wanted.toSorted().join() ? [] : [said];
    });
    expect(missed.length / pairs.length, missed.slice(0, 9).join(" | ")).toBeLessThan(0.01);
  });
});

describe("what it is made of decides where the name does not", () => {
  test.each([
    ["종이 트레이", "종이"],
    ["종이트레이", "종이"],
    ["종이 도시락", "종이"],
    ["호일 접시", "일반종량제폐기물"],
    ["시멘트 블록은 유리예요", "불연성종량제폐기물"],
    ["약병 유리", "유리병"],
    ["이불 비닐", "비닐류"],
    ["소시지 비닐", "비닐류"],
    ["보청기 건전지", "전지"],
    ["우산 천만 뜯어냈어요", "일반종량제폐기물"],
    ["종이 책상", "대형폐기물"],
    ["보온물병 스뎅", "금속류"],
  ])("%p", (text, category) => {
    expect(categories(text)).toEqual([category]);
  });

  test("but not where it is only asked, or where it goes", () => {
    expect(categories("컵은 종이인가요?")).toEqual(["미분류"]);
    expect(categories("장갑 비닐로 버려도 되나요")).toEqual(["의류및원단"]);
  });
});

describe("words of the language are no slips and no ends of items", () => {
  test.each([
    ...[
      "독가스",
      "드라이브",
      "운동회",
      "장기간",
      "베이지",
      "마스코트",
      "난장판",
      "껌껍질",
      "위스키",
    ],
    ...["여러가지요", "동창이에요", "지자체에 물어봤어요", "인천이에요"],
  ])("%p", (text) => {
    expect(readWords(text).items).toEqual([]);
  });

  test("and a slip of a long name is none of a short one", () => {
    expect(categories("충전자")).toEqual(["?"]);
    expect(categories("전자계사기")).toEqual(["전기전자제품"]);
    expect(categories("거조기")).toEqual(["전기전자제품"]);
  });
});

test("what is dangerous stays in a list, also under the name of a material", () => {
  expect(categories("점프선하고 수은요")).toContain("생활계유해폐기물");
  expect(categories("커피머신하고 건전지요")).toContain("전지");
});

test("what was taken off is not what is left", () => {
  expect(readWords("다 쓴 샴푸통 펌프는 뺐어요").items.map(({ name }) => name)).toEqual(["샴푸통"]);
});
