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
