import type { FinalAnswer } from "#lib/contract/answer.ts";
import type { ClassificationResult, ModelClassification } from "#lib/contract/classification.ts";
import type { Regulation } from "#lib/contract/regulation.ts";

/** Image bytes as they go to a model: metadata removed, at most the model's useful size. */
export interface Photo {
  readonly bytes: Uint8Array;
  readonly mime: "image/jpeg" | "image/png" | "image/webp";
}

export interface Question {
  /** What the user asked, or "". Data, never instructions. */
  readonly userInput: string;
}

/**
 * What the vision and answer stages need of a model. Implementations: `adapters/openai.ts`,
 * `adapters/local.ts`; `model.conformance.live.test.ts` holds both to this page.
 *
 * Both calls return values that passed the vocabulary check, reject with a `Fault` (never a raw
 * error), and stop work and reject with the signal's reason when it aborts.
 */
export interface Model {
  /** As stamped into the result: "gpt-5.2", "local". */
  readonly name: string;
  /** True when its answers are estimates, which never earn a reward. */
  readonly estimate: boolean;
  classify(input: Question & { photo: Photo }, signal: AbortSignal): Promise<ModelClassification>;
  answer(
    input: Question & {
      classification: ClassificationResult;
      regulation: Regulation;
      /** Principles that hold for every recyclable; absent for other categories. */
      general?: Regulation;
    },
    signal: AbortSignal,
  ): Promise<FinalAnswer>;
}
