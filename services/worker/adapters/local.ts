import { version } from "#lib/config/version.ts";
import { itemsVersion } from "#lib/contract/items/items-version.ts";
import { composeAnswer } from "../local-model/compose-answer.ts";
import type { Detect } from "../local-model/detection.ts";
import { estimate } from "../local-model/estimate.ts";
import type { Model } from "../models/model.ts";

/**
 * The embedded model: no network, no key. It classifies by an object detector and the user's words, and
 * composes the answer from the regulation alone. All its output is an estimate.
 *
 * @param detect where it has no detections, the user's words alone decide, and the result says so
 */
export function createLocalModel(detect: Detect): Model {
  return {
    name: "local",
    version: `${version}-${itemsVersion}`,
    estimate: true,
    async classify({ photo, userInput }, { signal, run }) {
      signal.throwIfAborted();
      return estimate(userInput, await run(0, () => detect(photo, signal)));
    },
    async answer(input, { signal }) {
      signal.throwIfAborted();
      return composeAnswer(input);
    },
  };
}
