import { type FinalAnswer, numberSteps } from "#lib/contract/answer.ts";
import type { ClassificationResult } from "#lib/contract/classification.ts";
import { estimateLabel } from "../local-model/compose-answer.ts";

/** The answer when no regulation applies. Names what was seen, and asks for what is missing. */
export function fallbackAnswer({ classification, meta }: ClassificationResult): FinalAnswer {
  const seen = classification.minor_category;
  const opening = seen
    ? `사진 속 물건은 '${seen}'(으)로 보이지만, 어떻게 버려야 하는지 확실하지 않아요.`
    : "사진만으로는 무엇인지 알기 어려워요.";
  const request = meta.question ?? "물건의 이름이나 재질을 알려 주시면 다시 찾아볼게요.";
  return {
    disposal_steps: numberSteps([
      "물건의 이름과 재질을 확인해 주세요. 분리배출 표시가 있으면 그 표시를 따라 주세요.",
      "밝은 곳에서 물건 하나만 크게 나오도록 다시 찍어 주세요.",
      "그래도 모르겠다면 사는 곳의 주민센터나 구청 청소과에 물어봐 주세요.",
    ]),
    insufficiencies: [request],
    user_answer: `${meta.estimate ? `[${estimateLabel}] ` : ""}${opening} ${request}`,
  };
}
