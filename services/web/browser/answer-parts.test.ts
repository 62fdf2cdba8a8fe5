import { expect, test } from "bun:test";
import { answerParts } from "./answer-parts.ts";

const output = (more: {
  steps?: Record<string, string>;
  todo?: string[];
  answer?: string;
  question?: string;
}): Parameters<typeof answerParts>[0] => ({
  classification_result: {
    classification: {
      major_category: "재활용폐기물",
      middle_category: "유리병",
      minor_category: "소주병",
    },
    situation_tags: [],
    meta: {
      user_input: "",
      model: "m",
      estimate: true,
      ...(more.question && { question: more.question }),
    },
  },
  disposal_rules: null,
  final_answer: {
    disposal_steps: more.steps ?? {},
    insufficiencies: more.todo ?? [],
    user_answer: more.answer ?? "",
  },
});

test("what may hurt comes first, and is not asked for twice", () => {
  const cut = "깨진 조각에 다치지 않게 신문지 등으로 감싸 주세요.";
  const parts = answerParts(
    output({ todo: ["내용물을 비워 주세요.", cut], steps: { 단계1: "물로 헹궈 주세요." } }),
  );
  expect(parts.safety).toEqual([cut]);
  expect(parts.todo).toEqual(["내용물을 비워 주세요."]);
});

test("steps come in their order, with a drawing of what each is about", () => {
  const steps = {
    단계10: "수거함에 넣어 주세요.",
    단계2: "라벨을 떼어 주세요.",
    단계1: "물로 헹궈 주세요.",
  };
  const icons = answerParts(output({ steps })).steps.map(({ icon }) => icon);
  expect(icons).toEqual(["water", "label", "bin"]);
});

test("an estimate says so by its mark, and asks once", () => {
  const question = "유리병인가요?";
  const parts = answerParts(
    output({ answer: `[로컬 추정] 병 같아요. ${question}`, question, todo: [question] }),
  );
  expect(parts).toMatchObject({ summary: `병 같아요. ${question}`, question: undefined, todo: [] });
  expect(answerParts(output({ answer: "병 같아요.", question })).question).toBe(question);
});
