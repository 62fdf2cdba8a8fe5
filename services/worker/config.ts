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
      d("Seconds a model's look at a photo answers equal scans; 0 lets every scan ask for itself"),
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
});
export type WorkerConfig = v.InferOutput<typeof WorkerConfig>;
