import * as v from "valibot";
import { standaloneRules, standaloneSettings } from "#lib/config/auth-settings.ts";
import { processSettings, settings, wholeNumber } from "#lib/config/settings.ts";

const { AMQP_TOPOLOGY, AMQP_URL, CORS_ORIGINS, DATABASE_URL, HOST, PORT, REDIS_PREFIX, REDIS_URL } =
  settings;

export const EventsConfig = v.object({
  DATABASE_URL,
  REDIS_URL,
  REDIS_PREFIX,
  AMQP_URL,
  AMQP_TOPOLOGY,
  PORT,
  HOST,
  ...processSettings,
  CORS_ORIGINS,
  STREAMS_PER_USER: v.optional(
    v.pipe(
      wholeNumber(0, 100_000),
      v.description("Event streams one user may hold open on one process; 0 is no limit"),
    ),
    "50",
  ),
  STREAMS_MAX: v.optional(
    v.pipe(
      wholeNumber(0, 1_000_000),
      v.description("Event streams one process holds open; 0 is no limit"),
    ),
    "20000",
  ),
});
export type EventsConfig = v.InferOutput<typeof EventsConfig>;

/** What the process reads that serves it alone; edge authenticates by itself. */
export const EventsProcessConfig = v.pipe(
  v.object({ ...EventsConfig.entries, ...standaloneSettings }),
  standaloneRules(),
);
