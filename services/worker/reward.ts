import type { FinalAnswer } from "#lib/contract/answer.ts";
import type { ClassificationResult } from "#lib/contract/classification.ts";
import { findRegulation } from "#lib/contract/regulations.ts";
import { MIDDLES, type Middle, RECYCLABLE } from "#lib/contract/vocabulary.ts";

/**
 * The material a scan may be rewarded for, or undefined. Decided by code from validated enums; no text
 * of the user, the photo or a model can change it. All must hold:
 *
 *   - the classification is not an estimate (the local model never grants a reward), and the model's own: where
 *     the item dictionary or the user's words decided against it (`settle-classification.ts`), nothing is earned
 *   - it is a recyclable, of a material that is known
 *   - there is a regulation for it
 *   - nothing is left to do before it may be thrown away
 */
export function rewardedMaterial(
  { classification, meta }: ClassificationResult,
  answer: FinalAnswer,
): Middle | undefined {
  if (meta.estimate || meta.settled_by !== undefined) return undefined;
  if (classification.major_category !== RECYCLABLE) return undefined;
  if (!findRegulation(classification)) return undefined;
  if (answer.insufficiencies.length > 0) return undefined;
  return MIDDLES.find((middle) => middle === classification.middle_category);
}
