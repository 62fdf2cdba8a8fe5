import * as v from "valibot";
import { standaloneRules, standaloneSettings } from "#lib/config/auth-settings.ts";
import { processSettings, settings } from "#lib/config/settings.ts";

const { CORS_ORIGINS, DATABASE_URL, HOST, PORT, REDIS_PREFIX, REDIS_URL } = settings;

export const UsersConfig = v.object({
  DATABASE_URL,
  REDIS_URL,
  REDIS_PREFIX,
  PORT,
  HOST,
  ...processSettings,
  CORS_ORIGINS,
});

/** What the process reads that serves it alone; edge authenticates by itself. */
export const UsersProcessConfig = v.pipe(
  v.object({ ...UsersConfig.entries, ...standaloneSettings }),
  standaloneRules(),
);
