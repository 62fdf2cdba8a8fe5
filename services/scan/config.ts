import * as v from "valibot";
import { standaloneRules, standaloneSettings } from "#lib/config/auth-settings.ts";
import { modelRules } from "#lib/config/model-rules.ts";
import { limit, processSettings, settings } from "#lib/config/settings.ts";

const {
  AMQP_URL,
  AMQP_TOPOLOGY,
  CORS_ORIGINS,
  CDN_URL,
  DATABASE_URL,
  DEFAULT_MODEL,
  HOST,
  IMAGE_HOSTS,
} = settings;
const { OPENAI_BASE_URL, PORT, PUBLIC_URL, REDIS_PREFIX, REDIS_URL } = settings;
const { SUPPORTED_GEMINI_MODELS, SUPPORTED_GPT_MODELS } = settings;

export const ScanConfig = v.pipe(
  v.object({
    DATABASE_URL,
    REDIS_URL,
    REDIS_PREFIX,
    AMQP_URL,
    AMQP_TOPOLOGY,
    PORT,
    HOST,
    PUBLIC_URL,
    CDN_URL,
    ...processSettings,
    CORS_ORIGINS,
    IMAGE_HOSTS,
    DEFAULT_MODEL,
    SUPPORTED_GPT_MODELS,
    SUPPORTED_GEMINI_MODELS,
    /** Read only for the default of `SUPPORTED_GPT_MODELS`. */
    OPENAI_BASE_URL,
    SCANS_IN_FLIGHT_PER_USER: limit("Scans of one user that may be in flight at once", 500),
    SUBMITS_PER_MINUTE_PER_USER: limit("Scans one user may submit a minute", 60),
    SUBMITS_PER_MINUTE: limit("Scans all users may submit a minute", 60_000),
  }),
  modelRules(),
);
export type ScanConfig = v.InferOutput<typeof ScanConfig>;

/** What the process reads that serves it alone; edge authenticates by itself. */
export const ScanProcessConfig = v.pipe(
  v.object({ ...ScanConfig.entries, ...standaloneSettings }),
  standaloneRules(),
  modelRules(),
);
