import { describe, expect, test } from "bun:test";
import type { FinalAnswer } from "#lib/contract/answer.ts";
import type { ClassificationResult } from "#lib/contract/classification.ts";
import type { SituationTag } from "#lib/contract/vocabulary.ts";
import { readWords } from "./read-words.ts";
import { warnFirst, warningsFor } from "./safety.ts";

describe("what is dangerous is warned of", () => {
  test.each([
    ["부푼 보조배터리", "119"],
    ["액이 새는 건전지", "119"],
    ["노트북은 배터리가 부풀었어요", "119"],
    ["보조배터리", "단자"],
    ["형광등이 깨졌어요", "수은"],
    ["수은 체온계", "수은"],
    ["부탄가스가 남았어요", "구멍을 뚫지"],
    ["주사바늘이요", "바늘에 찔리면"],
    ["면도날", "날에 다칠"],
    ["가위", "날에 다칠"],
    ["깨진 소주병", "조각"],
    ["금 간 머그컵", "조각"],
    ["라돈 침대", "라돈"],
    ["페인트", "하수구"],
    ["라이터 버려요", "가스"],
    ["바나나랑 주사기", "바늘에 찔리면"],
  ])("%p", (words, warning) => {
    expect(warningsFor(seen(null), readWords(words)).join(" ")).toContain(warning);
  });

  test.each(["신문지", "안 깨진 소주병", "바나나껍질", ""])("%p is not", (words) => {
    expect(warningsFor(seen(null), readWords(words))).toEqual([]);
  });

  test("also where only the model saw it", () => {
    const broken = seen("형광등", ["깨진_조명기기"]);
    expect(warningsFor(broken, readWords("")).join()).toContain("수은");
    expect(warningsFor(seen("보조배터리", ["발열_OR탄화_흔적"]), readWords("")).join()).toContain(
      "119",
    );
  });
});

test("the warning is the first sentence and the first step, once, behind the mark of an estimate", () => {
  const answer: FinalAnswer = {
    disposal_steps: Object.fromEntries(
      Array.from({ length: 8 }, (_, i) => [`단계${i + 1}`, `${i}`]),
    ),
    insufficiencies: [],
    user_answer: "[로컬 추정] '칼' 같아요.",
  };
  const warned = warnFirst(answer, ["조심하세요."]);
  expect(warned.user_answer).toBe("[로컬 추정] 조심하세요. '칼' 같아요.");
  expect(Object.values(warned.disposal_steps)).toEqual(["조심하세요.", ..."0123456"]);
  expect(warnFirst(warned, ["조심하세요."]).disposal_steps).toEqual(warned.disposal_steps);
  expect(warnFirst(answer, [])).toEqual(answer);
});

describe("what is dangerous is said once", () => {
  const warned = (words: string, sentences: readonly string[]) => {
    const answer: FinalAnswer = {
      disposal_steps: Object.fromEntries(sentences.map((one, i) => [`단계${i + 1}`, one])),
      insufficiencies: [],
      user_answer: `[로컬 추정] ${sentences.join(" ")}`,
    };
    const warnings = warningsFor(seen(null), readWords(words));
    const { disposal_steps, user_answer } = warnFirst(answer, warnings);
    const rest = `[로컬 추정] ${warnings.join(" ")}`;
    expect(user_answer).toStartWith(rest);
    const left = Object.values(disposal_steps).slice(1);
    expect(user_answer.slice(rest.length)).toBe(left.map((one) => ` ${one}`).join(""));
    return left;
  };

  test.each([
    ["보조배터리", "단자를 테이프로 막고, 뜯거나 구멍을 뚫지 마세요."],
    ["깨진 소주병", "깨진 조각에 다치지 않게 신문지 등으로 감싸 주세요."],
    ["면도날", "날이 드러나지 않게 두꺼운 종이와 테이프로 감싸 주세요."],
    ["주사기", "바늘에 찔리지 않게 뚜껑을 씌우고 단단한 통에 담아 주세요."],
    // What is right for a sound battery is not for one that is swollen.
    ["부푼 보조배터리", "남은 전기를 되도록 다 써 주세요."],
    ["부푼 보조배터리", "종량제봉투에 넣지 말고 전지 수거함에 넣어 주세요."],
  ])("%p: not %p", (words, sentence) => {
    expect(warned(words, [sentence])).toEqual([]);
  });

  test.each([
    ["보조배터리", "남은 전기를 되도록 다 써 주세요."],
    ["면도날", "날이 드러나지 않게 덮개를 씌우거나 두꺼운 종이로 감싸 주세요."],
    ["가위", "날을 신문지와 테이프로 감싸 종량제봉투에 넣어 주세요."],
    ["동전 전지", "양면을 테이프로 감싸 다른 전지와 맞닿지 않게 해 주세요."],
    ["깨진 소주병", "깨진 조각은 신문지에 싸요."],
  ])("%p: but %p, which says more", (words, sentence) => {
    expect(warned(words, [sentence])).toEqual([sentence]);
  });

  test("in two sentences at most", () => {
    for (const words of ["부푼 보조배터리", "형광등이 깨졌어요", "LPG 가스통", "라돈 침대"]) {
      const [warning = "", ...more] = warningsFor(seen(null), readWords(words));
      expect(more).toEqual([]);
      expect(warning.split(/(?<=\.) /).length, words).toBeLessThanOrEqual(2);
    }
  });

  test("a cylinder is never opened", () => {
    const warnings = warningsFor(seen(null), readWords("LPG 가스통"));
    expect(warnings.join()).toContain("밸브를 열거나");
    expect(warnings.join()).not.toContain("빼고");
  });
});

function seen(minor: string | null, tags: SituationTag[] = []): ClassificationResult {
  return {
    classification: {
      major_category: "미분류",
      middle_category: "미분류",
      minor_category: minor,
    },
    situation_tags: tags,
    meta: { user_input: "", model: "m", estimate: false },
  };
}
