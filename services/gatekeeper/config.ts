import * as v from "valibot";
import {
  authRules,
  authSettings,
  gatekeeperRules,
  INTERNAL_SECRET,
} from "#lib/config/auth-settings.ts";
import { processSettings, settings } from "#lib/config/settings.ts";

const { AMQP_TOPOLOGY, AMQP_URL, CORS_ORIGINS, DATABASE_URL, HOST, PORT } = settings;

/** `AUTH_KEYS` may hold public keys alone: nothing is signed here. */
export const GatekeeperConfig = v.pipe(
  v.object({
    DATABASE_URL,
    AMQP_URL,
    AMQP_TOPOLOGY,
    PORT,
    HOST,
    ...processSettings,
    CORS_ORIGINS,
    ...authSettings,
    INTERNAL_SECRET,
  }),
  authRules(),
  gatekeeperRules(),
);
