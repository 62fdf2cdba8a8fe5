import * as v from "valibot";
import { standaloneRules, standaloneSettings } from "#lib/config/auth-settings.ts";
import { processSettings, settings } from "#lib/config/settings.ts";

const { ADMIN_USERS, AMQP_TOPOLOGY, AMQP_URL, CORS_ORIGINS, DATABASE_URL, HOST, PORT } = settings;

export const CharacterConfig = v.object({
  DATABASE_URL,
  AMQP_URL,
  AMQP_TOPOLOGY,
  PORT,
  HOST,
  ...processSettings,
  CORS_ORIGINS,
  ADMIN_USERS,
});
export type CharacterConfig = v.InferOutput<typeof CharacterConfig>;

/** What the process reads that serves it alone; edge authenticates by itself. */
export const CharacterProcessConfig = v.pipe(
  v.object({ ...CharacterConfig.entries, ...standaloneSettings }),
  standaloneRules(),
);
