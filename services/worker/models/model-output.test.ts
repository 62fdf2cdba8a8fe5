import { expect, test } from "bun:test";
import * as v from "valibot";
import { FinalAnswer, STEPS_MAX } from "#lib/contract/answer.ts";
import { MAJORS, MIDDLES, SITUATION_TAGS } from "#lib/contract/vocabulary.ts";
import { classificationJsonSchema, clip, readAnswer, readClassification } from "./model-output.ts";

const glass = { major_category: "재활용폐기물", middle_category: "유리병" };

test("extra keys are dropped and missing optional ones are null or empty", () => {
  const content = JSON.stringify({ classification: { ...glass, meta: 1 }, meta: { evil: true } });
  expect(readClassification(content)).toEqual({
    classification: {
      major_category: "재활용폐기물",
      middle_category: "유리병",
      minor_category: null,
    },
    situation_tags: [],
  });
});

test("a middle that does not fit its major is normalised, a repeated tag counts once", () => {
  const read = readClassification(
    JSON.stringify({
      classification: { major_category: "대형폐기물", middle_category: "유리병" },
      situation_tags: ["깨짐", "깨짐"],
      question: "  ",
    }),
  );
  expect(read.classification.middle_category).toBe("대형폐기물");
  expect(read.situation_tags).toEqual(["깨짐"]);
  expect("question" in read).toBe(false);
});

test("steps may have gaps and come back numbered in order", () => {
  const content = { disposal_steps: { 단계3: "셋", 단계1: "하나", 단계2: " " }, user_answer: "네" };
  expect(readAnswer(JSON.stringify(content))).toEqual({
    disposal_steps: { 단계1: "하나", 단계2: "셋" },
    insufficiencies: [],
    user_answer: "네",
  });
});

test("long texts are cut, and what a database cannot store is removed", () => {
  const long = "가\u0000나\ud83d".repeat(2_000);
  const answer = readAnswer(
    JSON.stringify({
      disposal_steps: { 단계1: long },
      insufficiencies: Array.from({ length: 50 }, () => long),
      user_answer: long,
    }),
  );
  expect(v.is(FinalAnswer, answer)).toBe(true);
  expect(answer.disposal_steps.단계1?.length).toBe(300);
  expect(answer.insufficiencies).toHaveLength(10);
  expect(answer.user_answer.length).toBe(1_500);
  const text = JSON.stringify(answer);
  expect(text.isWellFormed()).toBe(true);
  expect(text).not.toContain("\\u0000");
  const minor = "😀".repeat(60);
  const classified = { classification: { ...glass, minor_category: `a${minor}` } };
  const cut = readClassification(JSON.stringify(classified)).classification.minor_category;
  expect(cut?.length).toBe(79);
});

const STEPS = Array.from({ length: STEPS_MAX }, (_, i) => `단계${i + 1}`);

test("what nobody sees, and what turns the direction of a text, is removed from every text", () => {
  const hostile = "가\u202e나\u200b다\u0007";
  const seen = readClassification(
    JSON.stringify({
      classification: { ...glass, minor_category: hostile },
      situation_tags: [],
      question: hostile,
    }),
  );
  expect([seen.classification.minor_category, seen.question]).toEqual(["가나다", "가나다"]);
  const steps = Object.fromEntries(STEPS.map((stage) => [stage, hostile]));
  const answer = { disposal_steps: steps, insufficiencies: [hostile], user_answer: hostile };
  expect(readAnswer(JSON.stringify(answer))).toEqual({
    disposal_steps: Object.fromEntries(STEPS.map((stage) => [stage, "가나다"])),
    insufficiencies: ["가나다"],
    user_answer: "가나다",
  });
});

test("an answer without a word for the user is not one", () => {
  expect(() => readAnswer('{"disposal_steps":{},"user_answer":" "}')).toThrow(
    "MODEL_OUTPUT_INVALID",
  );
});

test("the schema asked for lists the whole vocabulary", () => {
  const asked = JSON.stringify(classificationJsonSchema);
  for (const word of [...MAJORS, ...MIDDLES, ...SITUATION_TAGS])
    expect(asked).toContain(`"${word}"`);
});

test("a cut never splits a character", () => {
  expect(clip("a😀", 2)).toBe("a");
  expect(clip("a😀", 3)).toBe("a😀");
});

test.each(["종이, 종이팩", "재활용폐기물이 아님", "종이 아니면 비닐류", "재활용"])(
  "%s is no one word of the vocabulary",
  (said) => {
    const reply = JSON.stringify({ classification: { major_category: said } });
    expect(() => readClassification(reply)).toThrow("MODEL_OUTPUT_INVALID");
  },
);
