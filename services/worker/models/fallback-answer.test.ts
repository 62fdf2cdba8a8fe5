import { expect, test } from "bun:test";
import * as v from "valibot";
import { FinalAnswer } from "#lib/contract/answer.ts";
import { rewardedMaterial } from "../reward.ts";
import { petVision, unclassified } from "../scan-fixture.ts";
import { fallbackAnswer } from "./fallback-answer.ts";

const nameless = {
  ...unclassified,
  classification: { ...unclassified.classification, minor_category: null },
};
const asking = { ...unclassified, meta: { ...unclassified.meta, question: "재질이 무엇인가요?" } };
const estimated = { ...unclassified, meta: { ...unclassified.meta, estimate: true } };

test("the fallback is an answer like any other, with steps a user can take", () => {
  for (const vision of [unclassified, nameless, asking, estimated]) {
    const answer = fallbackAnswer(vision);
    expect(v.is(FinalAnswer, answer)).toBe(true);
    expect(Object.keys(answer.disposal_steps)).toEqual(["단계1", "단계2", "단계3"]);
  }
});

test("names what was seen, and asks what is missing: the model's own question first", () => {
  expect(fallbackAnswer(unclassified).user_answer).toContain("'돌하르방'");
  expect(fallbackAnswer(nameless).user_answer).not.toContain("null");
  expect(fallbackAnswer(asking).user_answer).toEndWith("재질이 무엇인가요?");
  expect(fallbackAnswer(asking).insufficiencies).toEqual(["재질이 무엇인가요?"]);
});

test("only an estimate is marked as one", () => {
  expect(fallbackAnswer(estimated).user_answer).toStartWith("[로컬 추정] ");
  expect(fallbackAnswer(unclassified).user_answer).not.toContain("추정");
});

test("always leaves something to do, so that it can never earn a reward", () => {
  expect(rewardedMaterial(petVision, fallbackAnswer(unclassified))).toBeUndefined();
});
