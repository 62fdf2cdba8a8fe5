import { checkTogether } from "./check-together.ts";

interface ModelSettings {
  readonly DEFAULT_MODEL: string;
  readonly SUPPORTED_GPT_MODELS: readonly string[];
  readonly SUPPORTED_GEMINI_MODELS: readonly string[];
}

/** For the `v.pipe` around the object that has them. */
export function modelRules<T extends ModelSettings>() {
  return checkTogether<T>((given, refuse) => {
    const { DEFAULT_MODEL, SUPPORTED_GPT_MODELS, SUPPORTED_GEMINI_MODELS } = given;
    // A list that is wrong itself says nothing about the default.
    if (!SUPPORTED_GPT_MODELS?.length || !SUPPORTED_GEMINI_MODELS?.length) return;
    const supported = [...SUPPORTED_GPT_MODELS, ...SUPPORTED_GEMINI_MODELS];
    if (DEFAULT_MODEL !== undefined && !supported.includes(DEFAULT_MODEL)) {
      refuse("DEFAULT_MODEL", "must be in SUPPORTED_GPT_MODELS or SUPPORTED_GEMINI_MODELS");
    }
  });
}
