import * as v from "valibot";
import { modelRules } from "#lib/config/model-rules.ts";
import { settings, wholeNumber } from "#lib/config/settings.ts";
import { modelPricesDefault, parseModelPrices } from "./model-prices.ts";

const {
  BOOT_WAIT_S,
  AMQP_TOPOLOGY,
  AMQP_URL,
  CDN_URL,
  DATABASE_URL,
  DEFAULT_MODEL,
  GEMINI_API_KEY,
  HEALTH_PORT,
  HOST,
  METRICS_PORT,
} = settings;
const { IMAGE_HOSTS, LOG_LEVEL, OPENAI_API_KEY, OPENAI_BASE_URL, PORT, PUBLIC_URL } = settings;
const { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_SAMPLER_ARG } = settings;
const { REDIS_PREFIX, REDIS_URL, SUPPORTED_GEMINI_MODELS, SUPPORTED_GPT_MODELS, WEBHOOK_LOOPBACK } =
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
    AMQP_TOPOLOGY,
    /** Read only for the default of `PUBLIC_URL`: the worker's own port is `HEALTH_PORT`. */
    PORT,
    PUBLIC_URL,
    CDN_URL,
    HOST,
    HEALTH_PORT,
    // Beside edge on one machine.
    METRICS_PORT: v.optional(v.unwrap(METRICS_PORT), "9465"),
    LOG_LEVEL,
    OTEL_EXPORTER_OTLP_ENDPOINT,
    OTEL_TRACES_SAMPLER_ARG,
    BOOT_WAIT_S,
    IMAGE_HOSTS,
    WEBHOOK_LOOPBACK,
    DEFAULT_MODEL,
    SUPPORTED_GPT_MODELS,
    SUPPORTED_GEMINI_MODELS,
    OPENAI_API_KEY,
    OPENAI_BASE_URL,
    GEMINI_API_KEY,
    MODEL_TIMEOUT: v.optional(
      v.pipe(
        wholeNumber(5, 240),
        d("Seconds a model may take for a reply. Default: 58, or 38 where another one could reply"),
      ),
    ),
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
    MODEL_PRICES: v.optional(
      v.pipe(
        v.string(),
        v.check(
          (text) => parseModelPrices(text) !== undefined,
          "must be MODEL=PROMPT/COMPLETION, comma separated",
        ),
        v.transform((text) => parseModelPrices(text) ?? {}),
        d(
          "Dollars per million tokens, prompt/completion, by model, comma separated, for the metric of costs",
        ),
      ),
      modelPricesDefault,
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
