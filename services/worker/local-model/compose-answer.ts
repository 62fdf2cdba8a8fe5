import { type FinalAnswer, numberSteps, STEPS_MAX } from "#lib/contract/answer.ts";
import type { ClassificationResult } from "#lib/contract/classification.ts";
import { findItem } from "#lib/contract/items/items.ts";
import type { Regulation } from "#lib/contract/regulation.ts";
import { detailSteps } from "#lib/contract/regulations.ts";
import { answerCharsMax, clip, insufficienciesMax, stepCharsMax } from "../models/model-output.ts";
import { adviceFor } from "./situation-advice.ts";

/** Marks every answer of the local model. */
export const estimateLabel = "로컬 추정";

/**
 * The local model's answer: the regulation's own sentences, chosen and put in order, what the tags
 * call for, and the question that is still open. Nothing of it is the user's text.
 */
export function composeAnswer(input: {
  readonly classification: ClassificationResult;
  readonly regulation: Regulation;
  readonly general?: Regulation;
}): FinalAnswer {
  const { classification, situation_tags, meta } = input.classification;
  const { major_category: major, middle_category: middle, minor_category: minor } = classification;
  const special =
    minor === null
      ? []
      : [...ownNote(minor, input.regulation), ...detailSteps(input.regulation, minor)];
  const steps = stepsOf(input.regulation, special, input.general);
  const todo = adviceFor(situation_tags, major).slice(0, insufficienciesMax);
  const category = middle === major ? `'${major}'` : `'${middle}'(${major})`;
  const sentences = [
    `${minor ? `'${minor}' 같아요. ` : ""}${category} 기준에 따라 버려 주세요.`,
    ...(special.length > 0 ? special : steps).slice(0, 2),
    ...todo,
    ...(meta.question ? [meta.question] : []),
    "추정이므로 실제와 다를 수 있어요.",
  ];
  return {
    disposal_steps: numberSteps(steps),
    insufficiencies: todo,
    user_answer: clip(`[${estimateLabel}] ${sentences.join(" ")}`, answerCharsMax),
  };
}

/** What the item dictionary says of the item, where it is of the regulation's category. */
function ownNote(name: string, regulation: Regulation): string[] {
  const item = findItem(name);
  return item?.note && item.category === regulation.이름 ? [item.note] : [];
}

/**
 * What holds for the whole category, then what is special about the item, which always has room.
 */
function stepsOf(regulation: Regulation, special: readonly string[], general?: Regulation) {
  const last = special.slice(0, STEPS_MAX);
  const own = [...regulation.배출방법_공통.slice(0, STEPS_MAX - last.length), ...last];
  const steps = own.length > 0 ? own : (general?.배출방법_공통 ?? []).slice(0, STEPS_MAX);
  return [...new Set(steps)].map((step) => clip(step, stepCharsMax));
}
