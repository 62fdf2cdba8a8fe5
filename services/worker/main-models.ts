import type { Logger } from "#lib/log/logger.ts";
import type { ProcessScope } from "#lib/process/run-process.ts";
import { TASKS } from "#lib/queue/topology.ts";
import { createLocalModel } from "./adapters/local.ts";
import { LocalDetector } from "./adapters/local-detector.ts";
import { createOpenAiModel } from "./adapters/openai.ts";
import type { WorkerConfig } from "./config.ts";
import type { Model } from "./model.ts";
import { pickModel } from "./pick-model.ts";

/** Gemini behind its OpenAI-compatible endpoint: https://ai.google.dev/gemini-api/docs/openai */
const geminiBaseUrl = "https://generativelanguage.googleapis.com/v1beta/openai";
/** Below the task's soft limit, so that a slow model fails as a slow model. */
const modelTimeoutMs = TASKS["scan.vision"].softLimitMs - 2_000;

/** Every model a key is configured for; the embedded one is always there. */
export function createModels(
  config: WorkerConfig,
  { log, scope }: { log: Logger; scope: ProcessScope },
): (name: string) => Model {
  const detector = new LocalDetector({
    onUnavailable: (reason) => log.warn("no object detector: words only", { reason }),
  });
  scope.onStop("detector", () => detector.close());
  const local = createLocalModel({ detect: detector.detect });
  const models = [...openAiModels(config), ...geminiModels(config)];
  const byName = new Map(models.map((model) => [model.name, model]));
  return pickModel(byName, local);
}

function openAiModels(config: WorkerConfig): Model[] {
  const { OPENAI_API_KEY: key, OPENAI_BASE_URL: baseURL } = config;
  if (key === undefined && baseURL === undefined) return [];
  const isGemini = config.SUPPORTED_GEMINI_MODELS.includes(config.DEFAULT_MODEL);
  const names = [...(isGemini ? [] : [config.DEFAULT_MODEL]), ...config.SUPPORTED_GPT_MODELS];
  return [...new Set(names)].map((name) =>
    createOpenAiModel({
      name,
      // Local servers want no key, but the protocol's header is never empty.
      apiKey: key ?? "none",
      ...(baseURL === undefined ? {} : { baseURL }),
      timeoutMs: modelTimeoutMs,
    }),
  );
}

function geminiModels({ GEMINI_API_KEY: apiKey, SUPPORTED_GEMINI_MODELS }: WorkerConfig): Model[] {
  if (apiKey === undefined) return [];
  return SUPPORTED_GEMINI_MODELS.map((name) =>
    createOpenAiModel({ name, apiKey, baseURL: geminiBaseUrl, timeoutMs: modelTimeoutMs }),
  );
}
