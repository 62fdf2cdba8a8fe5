import * as v from "valibot";
import { standaloneRules, standaloneSettings } from "#lib/config/auth-settings.ts";
import { commaList, processSettings, settings } from "#lib/config/settings.ts";
import { USER_ID } from "#lib/contract/user-id.ts";

const { AMQP_TOPOLOGY, AMQP_URL, CORS_ORIGINS, DATABASE_URL, HOST, PORT } = settings;

export const CharacterConfig = v.object({
  DATABASE_URL,
  AMQP_URL,
  AMQP_TOPOLOGY,
  PORT,
  HOST,
  ...processSettings,
  CORS_ORIGINS,
  ADMIN_USERS: v.optional(
    v.pipe(
      commaList,
      v.everyItem((id) => USER_ID.test(id), "must be user ids, comma separated"),
      v.description("Users who may change the character catalogue, by id, comma separated"),
    ),
    "",
  ),
});
export type CharacterConfig = v.InferOutput<typeof CharacterConfig>;

/** What the process reads that serves it alone; edge authenticates by itself. */
export const CharacterProcessConfig = v.pipe(
  v.object({ ...CharacterConfig.entries, ...standaloneSettings }),
  standaloneRules(),
);
