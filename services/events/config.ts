import * as v from "valibot";
import { standaloneRules, standaloneSettings } from "#lib/config/auth-settings.ts";
import { checkTogether } from "#lib/config/check-together.ts";
import { limit, processSettings, settings } from "#lib/config/settings.ts";

const { AMQP_TOPOLOGY, AMQP_URL, CORS_ORIGINS, DATABASE_URL, HOST, PORT } = settings;
const { PUBSUB_REDIS_URL, REDIS_PREFIX, REDIS_URL } = settings;

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
  STREAMS_PER_USER: limit("Event streams one user may hold open on one process", 50),
  STREAMS_MAX: limit("Event streams one process holds open", 20_000),
  EVENTS_SOURCE: v.optional(
    v.pipe(
      v.picklist(["streams", "pubsub"]),
      v.description(
        "Where live events come from. `streams`: each process reads them all from `REDIS_URL`. `pubsub`, for many " +
          "processes: from `PUBSUB_REDIS_URL`, where event routers publish them",
      ),
    ),
    "streams",
  ),
  PUBSUB_REDIS_URL: v.optional(PUBSUB_REDIS_URL),
});
export type EventsConfig = v.InferOutput<typeof EventsConfig>;

type SourceSettings = Readonly<Pick<EventsConfig, "EVENTS_SOURCE" | "PUBSUB_REDIS_URL">>;

/** For the `v.pipe` around the object, here and in edge. */
export function eventsRules<T extends SourceSettings>() {
  return checkTogether<T>(({ EVENTS_SOURCE, PUBSUB_REDIS_URL: url }, refuse) => {
    if (EVENTS_SOURCE === "pubsub" && url === undefined) {
      refuse("PUBSUB_REDIS_URL", "is required by EVENTS_SOURCE=pubsub");
    }
  });
}

/** What the process reads that serves it alone; edge authenticates by itself. */
export const EventsProcessConfig = v.pipe(
  v.object({ ...EventsConfig.entries, ...standaloneSettings }),
  standaloneRules(),
  eventsRules(),
);
