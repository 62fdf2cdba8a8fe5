import * as v from "valibot";
import { settings } from "#lib/config/settings.ts";

const { AMQP_URL, AUTH_MODE, CDN_URL, DATABASE_URL, DEFAULT_MODEL, HOST, IMAGE_HOSTS, LOG_LEVEL } =
  settings;
const { PORT, PUBLIC_URL, REDIS_URL, SUPPORTED_GEMINI_MODELS, SUPPORTED_GPT_MODELS } = settings;

export const ScanConfig = v.object({
  DATABASE_URL,
  REDIS_URL,
  AMQP_URL,
  PORT,
  HOST,
  PUBLIC_URL,
  CDN_URL,
  LOG_LEVEL,
  AUTH_MODE,
  IMAGE_HOSTS,
  DEFAULT_MODEL,
  SUPPORTED_GPT_MODELS,
  SUPPORTED_GEMINI_MODELS,
});
export type ScanConfig = v.InferOutput<typeof ScanConfig>;
