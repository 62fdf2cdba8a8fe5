import * as v from "valibot";
import { standaloneRules, standaloneSettings } from "#lib/config/auth-settings.ts";
import { processSettings, settings } from "#lib/config/settings.ts";

const { CORS_ORIGINS, DATABASE_URL, HOST, PORT } = settings;

export const LocationConfig = v.object({
  DATABASE_URL,
  PORT,
  HOST,
  ...processSettings,
  CORS_ORIGINS,
});
export type LocationConfig = v.InferOutput<typeof LocationConfig>;

/** What the process reads that serves it alone; edge authenticates by itself. */
export const LocationProcessConfig = v.pipe(
  v.object({ ...LocationConfig.entries, ...standaloneSettings }),
  standaloneRules(),
);
