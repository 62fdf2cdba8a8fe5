import * as v from "valibot";
import { standaloneRules, standaloneSettings } from "#lib/config/auth-settings.ts";
import { modelRules } from "#lib/config/model-rules.ts";
import { limit, processSettings, settings } from "#lib/config/settings.ts";

const { AMQP_URL, AMQP_TOPOLOGY, CORS_ORIGINS, CDN_URL, DATABASE_URL, DEFAULT_MODEL } = settings;
const { HOST, IMAGE_HOSTS, OPENAI_BASE_URL, PORT, PUBLIC_URL, REDIS_PREFIX, REDIS_URL } = settings;
const { SUPPORTED_GEMINI_MODELS, SUPPORTED_GPT_MODELS } = settings;

export const ChatConfig = v.pipe(
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
    CHATS_IN_FLIGHT_PER_USER: limit("Chat messages of one user that may wait for their answer", 20),
    MESSAGES_PER_MINUTE_PER_USER: limit("Chat messages one user may send a minute", 30),
    MESSAGES_PER_MINUTE: limit("Chat messages all users may send a minute", 30_000),
  }),
  modelRules(),
);
export type ChatConfig = v.InferOutput<typeof ChatConfig>;

/** What the process reads that serves it alone; edge authenticates by itself. */
export const ChatProcessConfig = v.pipe(
  v.object({ ...ChatConfig.entries, ...standaloneSettings }),
  standaloneRules(),
  modelRules(),
);
