import { describe, expect, test } from "bun:test";
import { ITEMS, matchItems } from "./items.ts";
import { userInputCharsMax } from "./scan-limits.ts";

const named = (text: string) => matchItems(text).map(({ name }) => name);

describe("items are found in a user's own words", () => {
  test.each([
    ["유리병이에요", ["유리병"]],
    ["이 종이컵 어떻게 버려요?", ["종이컵"]],
    ["컵라면 용기는 재활용되나요?", ["컵라면 용기"]],
    ["칼이랑 가위를 버리려고요", ["칼", "가위"]],
    ["캔은 어디에 버려?", ["캔"]],
    ["옷 버리고 싶어요", ["옷"]],
    ["병이요", ["유리병"]],
    ["귤 껍질하고 오렌지", ["귤껍질", "오렌지"]],
    ["보조배터리가 부풀었어요", ["보조배터리"]],
    ["남은 약이요", ["폐의약품"]],
    ["머그컵인데 깨졌어요", ["머그컵"]],
    ["과자봉지, 라면 봉지!", ["과자봉지", "라면봉지"]],
  ])("%p", (text, names) => {
    expect(named(text)).toEqual(names);
  });

  test("every name and alias finds its own item, alone and inside a question", () => {
    for (const item of ITEMS) {
      for (const name of [item.name, ...item.aliases]) {
        expect(matchItems(name), name).toEqual([item]);
        expect(matchItems(`이 ${name} 어떻게 버려요?`), name).toContain(item);
      }
    }
  });

  test("spaces, case, punctuation, full-width and decomposed letters do not matter", () => {
    expect(named("페트 병")).toEqual(["무색 페트병"]);
    expect(named("pet병 2개")).toEqual(["무색 페트병"]);
    expect(named("종이-컵!")).toEqual(["종이컵"]);
    expect(named("ＴＶ를")).toEqual(["TV"]);
    expect(named("종이컵".normalize("NFD"))).toEqual(["종이컵"]);
  });

  test("words written without spaces are still found", () => {
    expect(named("투명페트병어떻게버려요")).toEqual(["무색 페트병"]);
    expect(named("이거냄비인데")).toEqual(["냄비"]);
    expect(named("비닐재활용되나요")).toEqual(["비닐봉투"]);
    expect(named("빈소주병")).toEqual(["소주병"]);
  });

  test("items come in the order they are mentioned, each once", () => {
    expect(named("종이컵, 캔, 종이컵")).toEqual(["종이컵", "캔"]);
  });
});

describe("the longest name wins", () => {
  test.each([
    ["무색 페트병 뚜껑", ["페트병 뚜껑"]],
    ["깨진 유리병", ["깨진 유리"]],
    ["스티로폼 컵라면 용기", ["스티로폼 컵라면 용기"]],
    ["종이컵라면", ["컵라면 용기"]],
    ["플라스틱 옷걸이", ["플라스틱 옷걸이"]],
    ["전기밥솥", ["전기밥솥"]],
    ["도자기컵", ["머그컵"]],
    ["유리 반찬통", ["내열유리"]],
    ["스티로폼 박스", ["스티로폼 상자"]],
    ["음료수병뚜껑", ["병뚜껑"]],
  ])("%p", (text, names) => {
    expect(named(text)).toEqual(names);
  });
});

describe("a name inside another word is no item", () => {
  test.each([
    ...["칼슘", "칼국수", "칼라", "캔디", "캔버스", "병원에 갔어요", "책임", "옷깃", "빵집"],
    ...["모자라요", "가위바위보", "휴지통", "물고기", "신용카드사", "냉장고문짝", "이바지하다"],
    ...["그래도 자기 전에", "플라스틱이라면", "약 3개 정도", "사진 속 물건이 뭐예요?"],
  ])("%p", (text) => {
    expect(named(text)).toEqual([]);
  });

  test("the head of the compound is what is found", () => {
    expect(named("책상")).toEqual(["책상"]);
    expect(named("옷장")).toEqual(["옷장"]);
    expect(named("컵라면")).toEqual(["컵라면 용기"]);
    expect(named("청소기와 선풍기")).toEqual(["청소기", "선풍기"]);
  });
});

describe("untrusted text", () => {
  test("beyond the limit nothing is read", () => {
    const padding = "가 ".repeat(userInputCharsMax / 2);
    expect(named(`${padding}유리병`)).toEqual([]);
    expect(named(`${padding.slice(0, -10)}유리병`)).toEqual(["유리병"]);
  });

  test.each(["", " ", "\0", "../../etc/passwd", "__proto__", "constructor", "🧴", "\ud800"])(
    "%p names nothing",
    (text) => {
      expect(named(text)).toEqual([]);
    },
  );

  test("the worst text of the longest length takes milliseconds", () => {
    const texts = ["종이", "플라스틱", "은는이가", "ﷺ", "병 ", "스티로폼컵라면용기"];
    for (const text of texts) {
      const startedAt = performance.now();
      matchItems(text.repeat(userInputCharsMax));
      expect(performance.now() - startedAt, text).toBeLessThan(200);
    }
  });
});
