import { systemClock } from "#lib/clock/clock.ts";
import type { Database } from "#lib/db/client.ts";
import type { App } from "#lib/http/create-app.ts";
import type { Logger } from "#lib/log/logger.ts";
import { createLocationRoutes } from "./adapters/http.ts";
import { createKakaoSearch } from "./adapters/kakao.ts";
import { createCenterStore } from "./adapters/postgres.ts";
import type { LocationConfig } from "./config.ts";
import { guardPlaceSearch } from "./place-search.ts";

/** The location API over real connections, for its own process and for edge. */
export function locationRoutes(
  { KAKAO_REST_API_KEY: key }: Pick<LocationConfig, "KAKAO_REST_API_KEY">,
  { database, log }: { database: Database; log: Logger },
): App {
  const clock = systemClock;
  const onOpen = (error: unknown) => log.warn("Kakao Local is left alone", { error });
  const others =
    key === undefined ? undefined : guardPlaceSearch(createKakaoSearch({ key }), { clock, onOpen });
  return createLocationRoutes({ clock, others, ...createCenterStore(database) });
}
