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
  KAKAO_REST_API_KEY: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[\x21-\x7e]+$/, "must be one word"),
      v.description(
        "REST API key of Kakao: a search for places also finds those of Kakao Local; without it, imported ones alone",
      ),
    ),
  ),
});
export type LocationConfig = v.InferOutput<typeof LocationConfig>;

/** What the process reads that serves it alone; edge authenticates by itself. */
export const LocationProcessConfig = v.pipe(
  v.object({ ...LocationConfig.entries, ...standaloneSettings }),
  standaloneRules(),
);
