import { expect, test } from "bun:test";
import { exportFeedback, type GivenFeedback } from "./export-feedback.ts";
import { withoutPersonal } from "./without-personal.ts";

const wrong: GivenFeedback = {
  verdict: "wrong",
  category: "유리병",
  note: null,
  userInput: "잼 담겨 있던 병",
  answered: "플라스틱류",
};

test("what was wrong becomes a case with what its owner says is right, for a person to review", () => {
  expect(exportFeedback([wrong])).toEqual({
    cases: [
      {
        say: "잼 담겨 있던 병",
        accept: ["유리병"],
        source: "feedback · kind feedback",
        reviewed: false,
        answered: "플라스틱류",
      },
    ],
    wordless: 0,
  });
});

test("what was right accepts the answer, and what nobody knows is left to the reviewer", () => {
  const { cases } = exportFeedback([
    { ...wrong, verdict: "right", userInput: "가" },
    { ...wrong, category: null, note: "아닌 것 같아요", userInput: "나" },
  ]);
  expect(cases.map(({ accept, note }) => [accept, note])).toEqual([
    [["플라스틱류"], undefined],
    [[], "아닌 것 같아요"],
  ]);
});

test("the same case comes once, the order tells nothing, and a photo without words is only counted", () => {
  const other = { ...wrong, userInput: "가" };
  const mute = { ...wrong, userInput: "010-1234-5678" };
  const exported = exportFeedback([wrong, other, mute, wrong]);
  expect(exported).toEqual(exportFeedback([mute, other, wrong]));
  expect(exported.cases.map(({ say }) => say)).toEqual(["가", "잼 담겨 있던 병"]);
  expect(exported.wordless).toBe(1);
});

test.each([
  ["이 병 어디 버려요? 010-1234-5678 로 알려주세요", "이 병 어디 버려요? 로 알려주세요"],
  ["연락처 01012345678입니다", "연락처 입니다"],
  ["+82 10 1234 5678 캔", "캔"],
  ["(02) 123-4567 우산", "우산"],
  ["０１０－１２３４－５６７８ 우산", "우산"],
  ["공일공 일이삼사 오육칠팔 우산", "우산"],
  ["me.too@example.co.kr 칫솔", "칫솔"],
  ["me(at)example.com 칫솔", "칫솔"],
  ["me골뱅이naver점com 칫솔", "칫솔"],
  ["@eco_kim 칫솔", "칫솔"],
  ["https://blog.naver.com/kim 보고 왔어요", "보고 왔어요"],
  ["blog.naver.com/kim 보고", "보고"],
  ["900101-1234567 카드", "카드"],
  ["4111 1111 1111 1111 카드", "카드"],
  ["12가 3456 타이어", "타이어"],
  ["101동 1203호 앞 의자", "앞 의자"],
  ["테헤란로 123-4 앞 의자", "앞 의자"],
  ["대치동 12-3번지 의자", "대치동 의자"],
])("%s loses what looks personal", (text, left) => {
  expect(withoutPersonal(text)).toBe(left);
});

test.each([
  "소주병 2개랑 캔 10개, 500ml 페트병 12병",
  "1.5L 생수병",
  "2026년에 바뀐 규정 있나요?",
  "오래된 이불 일곱 채",
  "구두, 이불, 오이, 육수, 칠판",
  "A4 용지 500매",
  "가로 120 세로 60 책상",
  "길이 2미터 커튼봉",
  "버스로 10분 가서 버린 캔",
])("%s is left as it is", (text) => {
  expect(withoutPersonal(text)).toBe(text);
});
