import * as v from "valibot";
import { standaloneRules, standaloneSettings } from "#lib/config/auth-settings.ts";
import { processSettings, settings } from "#lib/config/settings.ts";

const { CORS_ORIGINS, DATABASE_URL, HOST, PORT, WEBHOOK_LOOPBACK } = settings;

export const WebhooksConfig = v.object({
  DATABASE_URL,
  PORT,
  HOST,
  ...processSettings,
  CORS_ORIGINS,
  WEBHOOK_LOOPBACK,
});
export type WebhooksConfig = v.InferOutput<typeof WebhooksConfig>;

/** What the process reads that serves it alone; edge authenticates by itself. */
export const WebhooksProcessConfig = v.pipe(
  v.object({ ...WebhooksConfig.entries, ...standaloneSettings }),
  standaloneRules(),
);
