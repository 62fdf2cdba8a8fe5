import * as v from "valibot";
import { settings, url, wholeNumber } from "#lib/config/settings.ts";

const { AMQP_URL, CDN_URL, DATABASE_URL, DEFAULT_MODEL, HOST, IMAGE_HOSTS, LOG_LEVEL } = settings;
const { PORT, PUBLIC_URL, REDIS_URL, SUPPORTED_GEMINI_MODELS, SUPPORTED_GPT_MODELS } = settings;
const d = v.description;

export const WorkerConfig = v.object({
  DATABASE_URL,
  REDIS_URL,
  AMQP_URL,
  /** Read only for the default of `PUBLIC_URL`: the worker's own port is `HEALTH_PORT`. */
  PORT,
  PUBLIC_URL,
  CDN_URL,
  HOST,
  HEALTH_PORT: v.optional(
    v.pipe(
      wholeNumber("HEALTH_PORT", 0, 65_535),
      d("Port of the worker's health endpoints and metrics"),
    ),
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
  CHECKPOINT_TTL: v.optional(
    v.pipe(
      wholeNumber("CHECKPOINT_TTL", 60, 86_400),
      d("Seconds a paid stage output is kept for a redelivery"),
    ),
    "3600",
  ),
});
export type WorkerConfig = v.InferOutput<typeof WorkerConfig>;
