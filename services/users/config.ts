import * as v from "valibot";
import { settings } from "#lib/config/settings.ts";

const { CORS_ORIGINS, DATABASE_URL, HOST, LOG_LEVEL, PORT, REDIS_PREFIX, REDIS_URL } = settings;

export const UsersConfig = v.object({
  DATABASE_URL,
  REDIS_URL,
  REDIS_PREFIX,
  PORT,
  HOST,
  LOG_LEVEL,
  CORS_ORIGINS,
});
