import { systemClock } from "#lib/clock/clock.ts";
import type { Database } from "#lib/db/client.ts";
import type { App } from "#lib/http/create-app.ts";
import { createLocationRoutes } from "./adapters/http.ts";
import { createCenterStore } from "./adapters/postgres.ts";

/** The location API over real connections, for its own process and for edge. */
export function locationRoutes({ database }: { database: Database }): App {
  return createLocationRoutes({ clock: systemClock, ...createCenterStore(database) });
}
