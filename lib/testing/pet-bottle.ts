import type { FinalAnswer } from "#lib/contract/answer.ts";
import type { ModelClassification } from "#lib/contract/classification.ts";
import type { Reward } from "#lib/scan/scan-result.ts";

/**
 * What a model says of a clean PET bottle with nothing left to do: the scan that earns 페티, and so takes
 * every step.
 */
export const petClassification: ModelClassification = {
  classification: {
    major_category: "재활용폐기물",
    middle_category: "무색페트병",
    minor_category: "생수병",
  },
  situation_tags: ["내용물_없음", "비닐_라벨_완전_제거됨"],
};

/** The same as replies of a model server. */
export const petVision = { content: { ...petClassification, question: null } };
export const petAnswer = {
  content: {
    disposal_steps: { 단계1: "찌그러뜨려 뚜껑을 닫아요.", 단계2: "투명 페트병 수거함에 넣어요." },
    insufficiencies: [],
    user_answer: "투명 페트병 수거함에 넣어 주세요.",
  } satisfies FinalAnswer,
};

/** What the scan earns. */
export const petReward: Reward = {
  received: true,
  already_owned: false,
  character_code: "char-petty",
  name: "페티",
  dialog: "고마워!",
  match_reason: "무색페트병",
};
