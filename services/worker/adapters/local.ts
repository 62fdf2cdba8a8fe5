import { composeAnswer } from "../local-model/compose-answer.ts";
import type { Detect } from "../local-model/detection.ts";
import { estimate } from "../local-model/estimate.ts";
import type { Model } from "../models/model.ts";

/**
 * The embedded model: no network, no key. It looks at the photo with an object detector, listens to
 * the user's own words, and answers from the regulation alone. All it says is an estimate.
 *
 * @param detect absent: it works from words alone and says so
 */
export function createLocalModel({ detect }: { readonly detect?: Detect } = {}): Model {
  return {
    name: "local",
    estimate: true,
    async classify({ photo, userInput }, signal) {
      signal.throwIfAborted();
      return estimate(userInput, await detect?.(photo, signal));
    },
    async answer(input, signal) {
      signal.throwIfAborted();
      return composeAnswer(input);
    },
  };
}
