/** A model behind HTTP. */
export interface ModelEndpoint {
  /** Whose limits and failures it shares: fallbacks of other providers come first. */
  readonly provider: "openai" | "gemini";
  readonly name: string;
  readonly apiKey: string;
  readonly baseURL: string;
}

export interface ModelSettings {
  readonly DEFAULT_MODEL: string;
  readonly SUPPORTED_GPT_MODELS?: readonly string[] | undefined;
  readonly SUPPORTED_GEMINI_MODELS: readonly string[];
  readonly OPENAI_BASE_URL?: string | undefined;
}
interface ModelKeys {
  readonly OPENAI_API_KEY?: string | undefined;
  readonly GEMINI_API_KEY?: string | undefined;
}

const openAiBaseUrl = "https://api.openai.com/v1";
const openAiModels = ["gpt-5.2", "gpt-5.1", "gpt-5-mini"];
/** Gemini behind its OpenAI-compatible endpoint: https://ai.google.dev/gemini-api/docs/openai */
const geminiBaseUrl = "https://generativelanguage.googleapis.com/v1beta/openai";

/** The models a key or a server is configured for, the default one first. */
export function modelEndpoints(config: ModelSettings & ModelKeys): ModelEndpoint[] {
  return [...openAiEndpoints(config), ...geminiEndpoints(config)];
}

/** The models of OpenAI, or of the server in its place: of a server nobody knows more than was named. */
export function gptModels(config: ModelSettings): readonly string[] {
  const { SUPPORTED_GPT_MODELS, OPENAI_BASE_URL, DEFAULT_MODEL } = config;
  return SUPPORTED_GPT_MODELS ?? (OPENAI_BASE_URL ? [DEFAULT_MODEL] : openAiModels);
}

function openAiEndpoints(config: ModelSettings & ModelKeys): ModelEndpoint[] {
  const { OPENAI_API_KEY, OPENAI_BASE_URL, GEMINI_API_KEY, DEFAULT_MODEL } = config;
  if (OPENAI_API_KEY === undefined && OPENAI_BASE_URL === undefined) return [];
  // Local servers want no key, but the protocol's header is never empty.
  const apiKey = OPENAI_API_KEY ?? "none";
  const baseURL = OPENAI_BASE_URL ?? openAiBaseUrl;
  // Without a key of Gemini's a gateway may have its models.
  const isGemini =
    GEMINI_API_KEY !== undefined && config.SUPPORTED_GEMINI_MODELS.includes(DEFAULT_MODEL);
  const names = [DEFAULT_MODEL, ...gptModels(config)].filter(
    (name) => !(isGemini && name === DEFAULT_MODEL),
  );
  return [...new Set(names)].map((name) => ({ provider: "openai", name, apiKey, baseURL }));
}

function geminiEndpoints(config: ModelSettings & ModelKeys): ModelEndpoint[] {
  const { GEMINI_API_KEY: apiKey, SUPPORTED_GEMINI_MODELS } = config;
  if (apiKey === undefined) return [];
  const baseURL = geminiBaseUrl;
  return SUPPORTED_GEMINI_MODELS.map((name) => ({ provider: "gemini", name, apiKey, baseURL }));
}
