import { checkTogether } from "./check-together.ts";
import { gptModels, type ModelSettings } from "./model-endpoints.ts";

/** For the `v.pipe` around the object that has them. */
export function modelRules<T extends ModelSettings>() {
  return checkTogether<T>((given, refuse) => {
    const { DEFAULT_MODEL, SUPPORTED_GPT_MODELS, SUPPORTED_GEMINI_MODELS } = given;
    // A list that is wrong itself says nothing about the default.
    if (SUPPORTED_GPT_MODELS?.length === 0 || !SUPPORTED_GEMINI_MODELS?.length) return;
    if (DEFAULT_MODEL === undefined) return;
    const gpt = gptModels({ ...given, DEFAULT_MODEL, SUPPORTED_GEMINI_MODELS });
    if (![...gpt, ...SUPPORTED_GEMINI_MODELS].includes(DEFAULT_MODEL)) {
      refuse("DEFAULT_MODEL", "must be in SUPPORTED_GPT_MODELS or SUPPORTED_GEMINI_MODELS");
    }
  });
}
