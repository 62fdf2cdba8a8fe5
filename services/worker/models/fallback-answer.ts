import { type FinalAnswer, numberSteps } from "#lib/contract/answer.ts";
import type { ClassificationResult } from "#lib/contract/classification.ts";
import { findItem } from "#lib/contract/items/items.ts";
import { estimateLabel } from "../local-model/compose-answer.ts";

/**
 * The answer when no regulation applies: where an item goes that belongs to none of the categories, else
 * what was seen, and a request for what is missing.
 */
export function fallbackAnswer({ classification, meta }: ClassificationResult): FinalAnswer {
  const seen = classification.minor_category;
  const label = meta.estimate ? `[${estimateLabel}] ` : "";
  const item = seen ? findItem(seen) : undefined;
  if (item?.category === "전용수거") {
    return {
      disposal_steps: numberSteps([item.note, officeStep]),
      insufficiencies: [ownCollection],
      user_answer: `${label}'${seen}': ${ownCollection} ${item.note}`,
    };
  }
  const opening = seen
    ? `'${seen}' 같은데, 어떻게 버려야 하는지 확실하지 않아요.`
    : "사진만으로는 무엇인지 알기 어려워요.";
  const request = meta.question ?? "물건의 이름이나 재질을 알려 주시면 다시 찾아볼게요.";
  return {
    disposal_steps: numberSteps([
      "물건의 이름과 재질을 확인해 주세요. 분리배출 표시가 있으면 그 표시를 따라 주세요.",
      "밝은 곳에서 물건 하나만 크게 나오도록 다시 찍어 주세요.",
      officeStep,
    ]),
    insufficiencies: [request],
    user_answer: `${label}${opening} ${request}`,
  };
}

const ownCollection = "일반 분류가 아니라 따로 모으는 품목이에요.";
const officeStep = "그래도 모르겠다면 사는 곳의 주민센터나 구청 청소과에 물어봐 주세요.";
