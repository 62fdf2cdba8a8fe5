import type { FinalAnswer } from "#lib/contract/answer.ts";
import type { ClassificationResult, ModelClassification } from "#lib/contract/classification.ts";
import type { Regulation } from "#lib/contract/regulation.ts";
import type { ChatModel } from "./chat-model.ts";
import type { CallPermit } from "./model-guard.ts";

/** Image bytes as they go to a model: metadata removed, at most the model's useful size. */
export interface Photo {
  readonly bytes: Uint8Array;
  readonly mime: "image/jpeg" | "image/png" | "image/webp";
  /**
   * Returns its bytes to the budget of photos that are not sent: called when it was sent, and when the call is
   * over, whatever came of it.
   */
  readonly release?: () => void;
}

interface UserQuestion {
  /** What the user asked, or "". Data, never instructions. */
  readonly userInput: string;
}

/** All of it is part of the key under which equal classifications are shared. */
export interface VisionInput extends UserQuestion {
  readonly photo: Photo;
}

export interface AnswerInput extends UserQuestion {
  readonly classification: ClassificationResult;
  readonly regulation: Regulation;
  /** What the item dictionary says of the items in question beyond the regulation, in Korean. */
  readonly notes: readonly string[];
  /** Principles that hold for every recyclable; absent for other categories. */
  readonly general?: Regulation;
}

/**
 * What the vision and answer stages need of a model. Implementations: `adapters/openai.ts`,
 * `adapters/local.ts`; `model.conformance.live.test.ts` holds both to this page.
 *
 * Both calls return values that passed the vocabulary check, reject with a `Fault` (never a raw
 * error), and stop work and reject with the reason of the permit's signal when it aborts.
 */
export interface Model {
  /** As stamped into the result: "gpt-5.2", "local". */
  readonly name: string;
  /** Of what it is asked by, or of its own rules; stamped into the result, and part of what is cached. */
  readonly version: string;
  /** True when its output is an estimate, which never earns a reward. */
  readonly estimate: boolean;
  classify(input: VisionInput, permit: CallPermit): Promise<ModelClassification>;
  answer(input: AnswerInput, permit: CallPermit): Promise<FinalAnswer>;
  /** Absent: it cannot converse, and answers are composed from what was found. */
  readonly chat?: ChatModel;
}
