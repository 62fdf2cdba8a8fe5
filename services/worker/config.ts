import * as v from "valibot";
import { modelRules } from "#lib/config/model-rules.ts";
import { settings, url, wholeNumber } from "#lib/config/settings.ts";

const { AMQP_URL, CDN_URL, DATABASE_URL, DEFAULT_MODEL, HOST, IMAGE_HOSTS, LOG_LEVEL } = settings;
const { PORT, PUBLIC_URL, REDIS_PREFIX, REDIS_URL, SUPPORTED_GEMINI_MODELS, SUPPORTED_GPT_MODELS } =
  settings;
const d = v.description;

/** Work in flight at stop may take as long as a model; what outlives it is deferred. */
export const drainMs = 90_000;
/** SIGTERM to exit, at most. */
export const stopDeadlineMs = drainMs + 15_000;

export const WorkerConfig = v.pipe(
  v.object({
    DATABASE_URL,
    REDIS_URL,
    REDIS_PREFIX,
    AMQP_URL,
    /** Read only for the default of `PUBLIC_URL`: the worker's own port is `HEALTH_PORT`. */
    PORT,
    PUBLIC_URL,
    CDN_URL,
    HOST,
    HEALTH_PORT: v.optional(
      v.pipe(wholeNumber(0, 65_535), d("Port of the worker's health endpoints and metrics")),
      "8081",
    ),
    LOG_LEVEL,
    IMAGE_HOSTS,
    DEFAULT_MODEL,
    SUPPORTED_GPT_MODELS,
    SUPPORTED_GEMINI_MODELS,
    OPENAI_API_KEY: v.optional(v.pipe(v.string(), d("Key of OpenAI or of `OPENAI_BASE_URL`"))),
    OPENAI_BASE_URL: v.optional(
      v.pipe(
        url(["http:", "https:"]),
        d("Any OpenAI-compatible server, with the version path: `http://127.0.0.1:8000/v1`"),
      ),
    ),
    GEMINI_API_KEY: v.optional(v.pipe(v.string(), d("Key of Gemini"))),
    MODEL_RPM: v.optional(
      v.pipe(
        wholeNumber(0, 1_000_000),
        d("Requests a minute all workers together send to each model; 0 sets no limit"),
      ),
      "0",
    ),
    MODEL_TPM: v.optional(
      v.pipe(
        wholeNumber(0, 1_000_000_000),
        d("Tokens a minute all workers together use of each model; 0 sets no limit"),
      ),
      "0",
    ),
    CHECKPOINT_TTL: v.optional(
      v.pipe(wholeNumber(60, 86_400), d("Seconds a paid stage output is kept for a redelivery")),
      "3600",
    ),
    VISION_CACHE_TTL: v.optional(
      v.pipe(
        wholeNumber(0, 7 * 86_400),
        d(
          "Seconds a classification of a photo is reused for equal scans; 0 makes every scan call the model",
        ),
      ),
      "86400",
    ),
    REDRIVE_INTERVAL: v.optional(
      v.pipe(
        wholeNumber(0, 86_400),
        d("Seconds between two redrives of the dead letters; 0 leaves them alone"),
      ),
      "300",
    ),
  }),
  modelRules(),
);
export type WorkerConfig = v.InferOutput<typeof WorkerConfig>;

export interface ModelEndpoint {
  /** Whose limits and failures it shares: fallbacks of other providers come first. */
  readonly provider: string;
  readonly name: string;
  readonly apiKey: string;
  readonly baseURL?: string | undefined;
}

/** Gemini behind its OpenAI-compatible endpoint: https://ai.google.dev/gemini-api/docs/openai */
const geminiBaseUrl = "https://generativelanguage.googleapis.com/v1beta/openai";

/** The models a key or a server is configured for, the default one first. */
export function modelEndpoints(config: WorkerConfig): ModelEndpoint[] {
  return [...openAiEndpoints(config), ...geminiEndpoints(config)];
}

function openAiEndpoints(config: WorkerConfig): ModelEndpoint[] {
  const { OPENAI_API_KEY, OPENAI_BASE_URL: baseURL, DEFAULT_MODEL } = config;
  if (OPENAI_API_KEY === undefined && baseURL === undefined) return [];
  // Local servers want no key, but the protocol's header is never empty.
  const apiKey = OPENAI_API_KEY ?? "none";
  const isGemini = config.SUPPORTED_GEMINI_MODELS.includes(DEFAULT_MODEL);
  const names = [...(isGemini ? [] : [DEFAULT_MODEL]), ...config.SUPPORTED_GPT_MODELS];
  return [...new Set(names)].map((name) => ({ provider: "openai", name, apiKey, baseURL }));
}

function geminiEndpoints({ GEMINI_API_KEY: apiKey, ...config }: WorkerConfig): ModelEndpoint[] {
  if (apiKey === undefined) return [];
  const baseURL = geminiBaseUrl;
  return config.SUPPORTED_GEMINI_MODELS.map((name) => ({
    provider: "gemini",
    name,
    apiKey,
    baseURL,
  }));
}
