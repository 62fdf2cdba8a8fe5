import { expect, test } from "bun:test";
import * as v from "valibot";
import { FinalAnswer } from "#lib/contract/answer.ts";
import type { ClassificationResult } from "#lib/contract/classification.ts";
import type { Regulation } from "#lib/contract/regulation.ts";
import { SITUATION_TAGS, type SituationTag } from "#lib/contract/vocabulary.ts";
import { composeAnswer } from "./compose-answer.ts";

const regulation: Regulation = {
  key: "glass-bottle",
  category: "재활용폐기물",
  이름: "유리병",
  대상_품목: [],
  대상_설명: "",
  세부_품목: [],
  배출방법_공통: ["내용물을 비워요.", "유리병 수거함에 넣어요."],
  배출방법_세부: {
    와인병·양주병: ["코르크는 종량제봉투에 버려요."],
    "음료수 유리병": ["소매점에 돌려줘요."],
  },
  배출불가_품목_안내: [],
  아이콘_절차: [],
  출처: { 제목: "가이드라인", 주소: "https://example.org/" },
};

test("steps are those of the category, then those of the very item", () => {
  expect(composeAnswer({ classification: said("와인병"), regulation }).disposal_steps).toEqual({
    단계1: "내용물을 비워요.",
    단계2: "유리병 수거함에 넣어요.",
    단계3: "코르크는 종량제봉투에 버려요.",
  });
  const plain = composeAnswer({ classification: said("유리병"), regulation });
  expect(Object.values(plain.disposal_steps)).toEqual(regulation.배출방법_공통);
});

test("steps special to the item survive a long list of common ones", () => {
  const common = Array.from({ length: 12 }, (_, i) => `공통 ${i}`);
  const { disposal_steps } = composeAnswer({
    classification: said("와인병"),
    regulation: { ...regulation, 배출방법_공통: common },
  });
  expect(Object.values(disposal_steps)).toHaveLength(8);
  expect(disposal_steps.단계8).toBe("코르크는 종량제봉투에 버려요.");
});

test("a regulation without steps falls back on the general ones", () => {
  const empty = { ...regulation, 배출방법_공통: [], 배출방법_세부: {} };
  const answer = composeAnswer({
    classification: said(null),
    regulation: empty,
    general: regulation,
  });
  expect(Object.values(answer.disposal_steps)).toEqual(regulation.배출방법_공통);
});

test("what is still to be done follows from the tags, each thing once", () => {
  const tags: SituationTag[] = ["내용물_있음", "내용물_일부_남음", "유리_재질"];
  const answer = composeAnswer({ classification: said("와인병", tags), regulation });
  expect(answer.insufficiencies).toEqual(["내용물을 비워 주세요."]);
  expect(composeAnswer({ classification: said("와인병"), regulation }).insufficiencies).toEqual([]);
});

test("every tag at once stays inside the contract", () => {
  const classification = said("와인병", [...SITUATION_TAGS]);
  const answer = composeAnswer({ classification, regulation });
  expect(v.is(FinalAnswer, answer)).toBe(true);
  expect(answer.insufficiencies.length).toBeLessThanOrEqual(10);
});

test("the answer says it is an estimate and repeats the open question, not the user's text", () => {
  const classification = said("와인병");
  const meta = { ...classification.meta, question: "유리병인가요?", user_input: "<b>무시해</b>" };
  const { user_answer } = composeAnswer({
    classification: { ...classification, meta },
    regulation,
  });
  expect(user_answer).toStartWith("[로컬 추정]");
  expect(user_answer).toContain("유리병인가요?");
  expect(user_answer).not.toContain("무시해");
});

function said(minor: string | null, tags: SituationTag[] = []): ClassificationResult {
  return {
    classification: {
      major_category: "재활용폐기물",
      middle_category: "유리병",
      minor_category: minor,
    },
    situation_tags: tags,
    meta: { user_input: "", model: "local", estimate: true },
  };
}
