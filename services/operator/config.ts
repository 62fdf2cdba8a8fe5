import * as v from "valibot";
import { standaloneRules, standaloneSettings } from "#lib/config/auth-settings.ts";
import { modelRules } from "#lib/config/model-rules.ts";
import { origin, processSettings, settings } from "#lib/config/settings.ts";

const { ADMIN_USERS, AMQP_TOPOLOGY, AMQP_URL, DATABASE_URL, REDIS_PREFIX, REDIS_URL } = settings;
const { CORS_ORIGINS, HOST, PORT } = settings;
const { DEFAULT_MODEL, GEMINI_API_KEY, OPENAI_API_KEY, OPENAI_BASE_URL } = settings;
const { SUPPORTED_GEMINI_MODELS, SUPPORTED_GPT_MODELS } = settings;

/** What `dlq` reads from the environment. */
export const DlqConfig = v.object({
  DATABASE_URL,
  REDIS_URL,
  REDIS_PREFIX,
  AMQP_URL,
  AMQP_TOPOLOGY,
});
export type DlqConfig = v.InferOutput<typeof DlqConfig>;

/** What `doctor` reads. */
export const DoctorConfig = v.object({
  ...DlqConfig.entries,
  RABBITMQ_MANAGEMENT_URL: v.optional(
    v.pipe(
      origin,
      v.description(
        "Origin of RabbitMQ's management API, where `doctor` reads bindings; default port 15672 beside the broker",
      ),
    ),
  ),
});
export type DoctorConfig = v.InferOutput<typeof DoctorConfig>;

/** What `doctor --models` reads. */
export const ModelsConfig = v.pipe(
  v.object({
    DEFAULT_MODEL,
    SUPPORTED_GPT_MODELS,
    SUPPORTED_GEMINI_MODELS,
    OPENAI_API_KEY,
    OPENAI_BASE_URL,
    GEMINI_API_KEY,
  }),
  modelRules(),
);
export type ModelsConfig = v.InferOutput<typeof ModelsConfig>;

/** What `migrate` and `feedback` read. */
export const MigrateConfig = v.object({ DATABASE_URL });

/** What the operations for administrators read. */
export const OpsConfig = v.object({
  ...DlqConfig.entries,
  PORT,
  HOST,
  ...processSettings,
  CORS_ORIGINS,
  ADMIN_USERS,
});
export type OpsConfig = v.InferOutput<typeof OpsConfig>;

/** What the process reads that serves them alone; edge authenticates by itself. */
export const OpsProcessConfig = v.pipe(
  v.object({ ...OpsConfig.entries, ...standaloneSettings }),
  standaloneRules(),
);
