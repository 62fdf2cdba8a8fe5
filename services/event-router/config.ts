import * as v from "valibot";
import { processSettings, settings } from "#lib/config/settings.ts";

const { HEALTH_PORT, HOST, PUBSUB_REDIS_URL, REDIS_PREFIX, REDIS_URL } = settings;

export const EventRouterConfig = v.object({
  REDIS_URL,
  REDIS_PREFIX,
  PUBSUB_REDIS_URL,
  HEALTH_PORT,
  HOST,
  ...processSettings,
});
