import * as v from "valibot";
import { INTENTS, type Intent, type Understanding } from "./chat-model.ts";
import {
  clip,
  fieldOf,
  firstThatFits,
  jsonSchemaOf,
  Misfit,
  spellingsOf,
  textsOf,
  wordIn,
  wordOf,
} from "./model-output.ts";

/** The structured output of a conversation, read as that of a scan is (`model-output.ts`). */

/** In UTF-16 units. */
export const questionCharsMax = 500;
export const summaryCharsMax = 1_200;

const WrittenUnderstanding = v.strictObject({
  intents: v.array(v.strictObject({ intent: v.picklist(INTENTS), confidence: v.number() })),
  question: v.string(),
});
const WrittenSummary = v.strictObject({ summary: v.string() });

export const understandingJsonSchema = jsonSchemaOf(WrittenUnderstanding);
export const summaryJsonSchema = jsonSchemaOf(WrittenSummary);

/** @throws Fault `MODEL_OUTPUT_INVALID` when no object in the reply names a known intent. */
export function readUnderstanding(reply: string): Understanding {
  return firstThatFits(reply, (candidate) => {
    const said = fieldOf(candidate, "intents");
    const confidences = new Map<Intent, number>();
    for (const one of Array.isArray(said) ? said : [said]) {
      const intent = wordOf(intents, fieldOf(one, "intent") ?? one);
      const confidence = Number(fieldOf(one, "confidence") ?? 1);
      if (!intent || !(confidence >= 0 && confidence <= 1)) continue;
      confidences.set(intent, Math.max(confidence, confidences.get(intent) ?? 0));
    }
    if (confidences.size === 0) return new Misfit("no known intent");
    const question = clip(wordIn(fieldOf(candidate, "question")), questionCharsMax);
    return {
      intents: [...confidences].map(([intent, confidence]) => ({ intent, confidence })),
      question,
    };
  });
}

/** @throws Fault `MODEL_OUTPUT_INVALID`. */
export function readSummary(reply: string): string {
  return firstThatFits(reply, (candidate) => {
    const summary = textsOf(fieldOf(candidate, "summary")).join(" ");
    return summary ? clip(summary, summaryCharsMax) : new Misfit("no summary");
  });
}

const intents = spellingsOf(INTENTS);
