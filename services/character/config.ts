import * as v from "valibot";
import { commaList, settings } from "#lib/config/settings.ts";
import { USER_ID } from "#lib/contract/user-id.ts";

const { AMQP_URL, CORS_ORIGINS, DATABASE_URL, HOST, LOG_LEVEL, PORT } = settings;

export const CharacterConfig = v.object({
  DATABASE_URL,
  AMQP_URL,
  PORT,
  HOST,
  LOG_LEVEL,
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
