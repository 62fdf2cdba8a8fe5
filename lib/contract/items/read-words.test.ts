import { describe, expect, test } from "bun:test";
import { userInputCharsMax } from "#lib/contract/scan-limits.ts";
import { cpuMs } from "#lib/testing/cpu-ms.ts";
import { createRandom } from "#lib/testing/random.ts";
import { readWords } from "./read-words.ts";

const categories = (text: string): string[] =>
  readWords(text).items.map(({ category }) => category);
const names = (text: string) => readWords(text).items.map(({ item }) => item.name);

describe("the last noun is what is thrown away", () => {
  test.each([
    ["노트북 가방", "가방"],
    ["정수기 필터", "필터"],
    ["박스에 붙은 테이프", "테이프"],
    ["테이프 붙은 박스", "종이 상자"],
    // What is on a thing leaves the thing the head, unless it is dangerous.
    ["의자 바퀴달린 거", "의자"],
    ["가방 부탄가스 들어있는거", "부탄가스"],
    ["약국에서 받은 비닐봉지", "비닐봉투"],
    ["소파 밑에서 나온 동전 건전지", "동전 전지"],
    ["컴퓨터 옆에 두던 화분 흙", "화분 흙"],
    ["칼을 신문지에 싸서 버리면 되나요", "칼"],
    ["다 쓴 핫팩은 어느 봉투에 넣나요", "핫팩"],
    ["쌀이 한 포대 있어요", "쌀"],
    ["접시 상자째 버려요", "도자기"],
    ["유리병인데 펌프가 있어요", "유리병"],
    ["노트북 배터리만 뺐어요", "휴대폰 배터리"],
    ["의자 다리만요", "가구 부속"],
    ["국거리 등의 비닐류", "비닐봉투"],
    ["아기 목욕시키던 욕조", "아기 욕조"],
  ])("%p", (text, name) => {
    expect(names(text)).toEqual([name]);
  });

  test("with what describes it over the words between", () => {
    expect(names("과자 먹고 난 봉지")).toEqual(["과자봉지"]);
    expect(names("치킨 먹고 나온 뼈")).toEqual(["동물 뼈"]);
    expect(categories("귤 까먹고 나온 껍질이요")).toEqual(["음식물류폐기물"]);
    expect(categories("밤 까고 남은 껍질")).toEqual(["일반종량제폐기물"]);
    expect(categories("풀 다 쓴 통")).toEqual(["일반종량제폐기물"]);
    expect(categories("뚜껑이 금속이에요")).toEqual(["금속류"]);
  });

  test("unless it only says what is on or in another", () => {
    expect(names("참치캔에 기름이 남았어요")).toEqual(["통조림 캔"]);
    expect(names("보온물병 스뎅")).toEqual(["텀블러"]);
    expect(names("노트북은 배터리가 부풀었어요")).toEqual(["노트북"]);
  });
});

describe("words are read as people write them", () => {
  test.each([
    ["에어콘", "전기전자제품"],
    ["유리벙", "유리병"],
    ["베게", "일반종량제폐기물"],
    ["건전찌", "전지"],
    ["유 리 병", "유리병"],
    ["건\u200b전지", "전지"],
    ["ＴＶ를", "전기전자제품"],
    ["건전지 버리는 법".normalize("NFD"), "전지"],
    ["다쓴건전지어디다버려요", "전지"],
    ["안입는옷버리는곳", "의류및원단"],
    ["페트병♻️♻️", "무색페트병"],
    ["형광등이랑요", "조명제품"],
    ["비닐봉투ㅋㅋ 어케 버림", "비닐류"],
    ["where do I put old shoes?", "의류및원단"],
    ["expired medicine", "생활계유해폐기물"],
    ["rjswjswl", "전지"],
    ["전기 장팡", "전기전자제품"],
    ["매트리스일 거예요", "대형폐기물"],
    ["아이스크림통은플라스틱인가요", "플라스틱류"],
    ["음료수패트병", "무색페트병"],
    ["무 꼬리", "음식물류폐기물"],
    ["휘어진 옷걸이 철제", "금속류"],
    ["닭뼈는일반쓰레기인가요", "일반종량제폐기물"],
    ["칫솔 배출 문의드립니다", "일반종량제폐기물"],
    ["1회용 마스크", "일반종량제폐기물"],
  ])("%p", (text, category) => {
    expect(categories(text)).toEqual([category]);
  });
});

describe("what is excluded is not thrown away", () => {
  test.each([
    ["건전지 말고 형광등 버리려고요", ["형광등"]],
    ["우산 아니에요 텐트예요", ["텐트"]],
    ["캔은 빼고 유리병만요", ["유리병"]],
    ["유리병 말고", []],
    ["배터리 없는 장난감", ["장난감"]],
    ["탁상시계 건전지 뺀 것", ["시계"]],
    ["냉장고에 넣어요", []],
  ])("%p", (text, expected) => {
    expect(names(text)).toEqual(expected);
  });
});

test("several items that are meant together are all there", () => {
  expect(names("건전지랑 칫솔")).toEqual(["건전지", "칫솔"]);
  expect(names("칫솔 그리고 치약")).toEqual(["칫솔", "치약"]);
  expect(names("신문지, 캔, 주사기")).toEqual(["신문지", "캔", "주사기"]);
  expect(names("택배 상자예요. 테이프는 뗐어요")).toEqual(["택배 상자"]);
});

test.each([
  ["소주병 2개랑 과자봉지 3개", ["유리병", "비닐류"]],
  ["책 세 권하고 옷", ["종이", "의류및원단"]],
  ["건전지 4개와 형광등 1개", ["전지", "조명제품"]],
  ["맥주캔 열 개 그리고 칫솔", ["금속류", "일반종량제폐기물"]],
  ["책 두 권 버려요", ["종이"]],
  ["이불 한 채하고요", ["대형폐기물"]],
  ["라면 국물이랑 면", ["음식물류폐기물", "음식물류폐기물"]],
])("what is counted is listed as well: %p", (text, all) => {
  expect(categories(text)).toEqual(all);
});

test.each([
  ["양파랑 마늘 껍질", ["일반종량제폐기물"]],
  ["라면하고 과자 봉지", ["비닐류", "비닐류"]],
  ["양파, 생강, 마늘 껍질", ["일반종량제폐기물"]],
  ["라면, 과자 봉지", ["비닐류", "비닐류"]],
  // There is no legs of bread: each is what it is.
  ["빵이랑 소주 병", ["음식물류폐기물", "유리병"]],
])("the head of the last of a list is that of all: %p", (text, all) => {
  expect(categories(text)).toEqual(all);
});

test.each([
  ["이어폰 줄", "전선"],
  ["다리미 선이 끊어졌어요", "전선"],
  ["돈까스 가루", "남은 음식"],
  ["만두 기계", "간식 기계"],
])("a part of whatever is of a category: %p", (text, name) => {
  expect(names(text)).toEqual([name]);
});

describe("a condition changes the category", () => {
  test.each([
    ["깨진 소주병", "불연성종량제폐기물"],
    ["안 깨진 소주병", "유리병"],
    ["안 깨진 형광등", "조명제품"],
    ["형광등이 깨졌어요", "불연성종량제폐기물"],
    ["깨지지 않은 형광등", "조명제품"],
    ["비닐로 코팅된 쇼핑백", "일반종량제폐기물"],
    ["코팅 안 된 쇼핑백", "종이"],
    ["코팅 없는 종이컵", "종이"],
    ["기름 안 묻은 종이", "종이"],
    ["깨져서 안 쓰는 접시", "불연성종량제폐기물"],
    ["뚝배기 깨짐", "불연성종량제폐기물"],
    ["파쇄기로 잘게 자른 종이", "일반종량제폐기물"],
    ["음식물이 안 지워지는 배달용기", "일반종량제폐기물"],
    ["찢어진 청바지", "일반종량제폐기물"],
    ["신발 한 짝", "일반종량제폐기물"],
    ["초록색 페트병", "플라스틱류"],
    ["깨진 컵 옆의 신문지", "종이"],
    ["불에 탄 공책", "일반종량제폐기물"],
    ["페인트 묻은 비닐", "일반종량제폐기물"],
    ["배터리가 불에 탔어요", "전지"],
  ])("%p", (text, category) => {
    expect(categories(text)).toEqual([category]);
  });
});

describe("what nobody knows is said to be unknown", () => {
  test.each([
    ["정수기 꼭다리", "정수기 꼭다리"],
    ["선풍기 덜렁이가 부러졌어요", "선풍기 덜렁이"],
    ["뭉뚱쇠예요", "뭉뚱쇠"],
    ["냉장고에서 나온 얼룩덜개요", "얼룩덜개"],
    ["신발정리대", "신발정리대"],
    ["우산보관함", "우산보관함"],
    ["텔레비전 꼭다리 유리", "텔레비전 꼭다리"],
  ])("%p", (text, unknown) => {
    expect(readWords(text)).toEqual({ items: [], unknown });
  });

  test("but what is dangerous is never dropped with it", () => {
    expect(readWords("살충제 꼭다리")).toMatchObject({
      unknown: "살충제 꼭다리",
      items: [{ category: "생활계유해폐기물" }],
    });
    expect(readWords("칫솔 꼭다리").items).toEqual([]);
  });

  test("nor is what its container may still hold", () => {
    expect(categories("반 남은 살충제 통")).toEqual(["생활계유해폐기물"]);
    expect(categories("씻은 샴푸 통")).toEqual(["플라스틱류"]);
  });

  test("beside something known, and neither is dropped", () => {
    const reading = readWords("건전지랑 뭉뚱쇠");
    expect(reading.unknown).toBe("뭉뚱쇠");
    expect(reading.items.map(({ name }) => name)).toEqual(["건전지"]);
  });

  test.each(["이거 어떻게 버려요?", "몰라요 그냥 버려 주세요", "?", "", "쓰레기요", "도와주세요"])(
    "%p names nothing at all",
    (text) => {
      expect(readWords(text)).toEqual({ items: [] });
    },
  );
});

describe("a name inside another word is no item", () => {
  test.each([
    ...["칼슘", "칼라", "캔디", "책임", "옷깃", "빵집", "모자라요", "가위바위보", "물고기"],
    ...["신용카드사", "이바지하다", "그래도 자기 전에", "약 3개 정도", "약 세 개쯤"],
  ])("%p", (text) => {
    expect(names(text)).toEqual([]);
  });
});

describe("untrusted text", () => {
  test("beyond the limit nothing is read", () => {
    const padding = "가 ".repeat(userInputCharsMax / 2);
    expect(names(`${padding}유리병`)).toEqual([]);
  });

  test.each(["\0", "../../etc/passwd", "__proto__", "constructor", "🧴", "\ud800", "ﷺ"])(
    "%p names nothing",
    (text) => {
      expect(names(text)).toEqual([]);
    },
  );

  test("the worst text of the longest length takes milliseconds", () => {
    for (const text of [
      "종이",
      "플라스틱",
      "은는이가",
      "ﷺ",
      "병 ",
      "깨진 ",
      "가나다 ",
      "유리벙 ",
    ]) {
      expect(
        cpuMs(() => readWords(text.repeat(userInputCharsMax))),
        text,
      ).toBeLessThan(300);
    }
  });
});

test("whatever letters come, they are read: of either keyboard, and of no word at all", () => {
  expect(readWords("hlaqfq").items).toEqual([]);
  expect(categories("vpxmqud")).toEqual(["무색페트병"]);
  const random = createRandom("letters");
  const letters = [..."abcdefghijklmnopqrstuvwxyz", ..."ㄱㅎㅏㅣ가힣각", ..." -.,0"];
  for (let i = 0; i < 2_000; i++) {
    const text = Array.from({ length: random.between(1, 24) }, () => random.pick(letters)).join("");
    expect(() => readWords(text), text).not.toThrow();
  }
});
