import { expect, test } from "bun:test";
import * as v from "valibot";
import { ask } from "./ask.ts";
import floors from "./floor.json";
import { Floor, isBelow, judge, type Question, readQuestions, tally } from "./judge.ts";
import { openModel } from "./open-model.ts";
import questionsJson from "./questions.json";

const question: Question = {
  say: "칫솔",
  accept: ["일반종량제폐기물"],
  source: "분리배출.kr 334 · kind n-known",
};

test("right is what is accepted, asked what asks back, everything else wrong", () => {
  expect(judge(question, "일반종량제폐기물")).toBe("right");
  expect(judge(question, "미분류")).toBe("asked");
  expect(judge(question, "플라스틱류")).toBe("wrong");
  expect(judge({ ...question, accept: ["미분류"] }, "미분류")).toBe("right");
});

test("kinds are counted apart and together, and held to a floor", () => {
  const counts = tally([
    { question, verdict: "right" },
    { question: { ...question, source: "a · kind h-typo" }, verdict: "wrong" },
  ]);
  expect(counts).toEqual({
    all: { right: 1, asked: 0, wrong: 1 },
    "n-known": { right: 1, asked: 0, wrong: 0 },
    "h-typo": { right: 0, asked: 0, wrong: 1 },
  });
  const all = { right: 1, asked: 0, wrong: 1 };
  expect(isBelow({ right: 50, wrong: 50 }, all)).toBe(false);
  expect(isBelow({ right: 51, wrong: 50 }, all)).toBe(true);
  expect(isBelow({ right: 50, wrong: 49 }, all)).toBe(true);
});

test("the project's questions and floors are well formed", () => {
  expect(readQuestions(questionsJson)).toHaveLength(279);
  expect(v.parse(v.record(v.string(), Floor), floors).questions).toEqual({ right: 92, wrong: 2 });
});

test("what users say of answers is no question before a person has looked at it", () => {
  const exported = { ...question, reviewed: false, answered: "플라스틱류" };
  expect(() => readQuestions([question, exported])).toThrow("1 questions are not reviewed");
  expect(() => readQuestions([{ ...question, accept: [] }])).toThrow();
  expect(readQuestions([{ ...exported, reviewed: true }])).toEqual([question]);
});

test("a question goes through the tasks of a scan, and comes back with its answer", async () => {
  const { vision, answer } = await ask(openModel("local", {}), { say: "부푼 보조배터리예요" });
  expect(vision.classification.middle_category).toBe("전지");
  expect(answer).toStartWith("[로컬 추정] 부풀거나 새거나 뜨거운 배터리는");
});
