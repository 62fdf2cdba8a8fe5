import type { Redis } from "ioredis";
import { createCatalogLoader } from "#lib/catalog/load-catalog.ts";
import type { Database } from "#lib/db/client.ts";
import type { App } from "#lib/http/create-app.ts";
import { createEraser } from "./adapters/erase.ts";
import { createUsersRoutes } from "./adapters/http.ts";
import { createAccountStore } from "./adapters/postgres.ts";
import { createForgetter } from "./adapters/redis.ts";

/** The users API over real connections, for its own process and for edge. */
export function usersRoutes({ database, redis }: { database: Database; redis: Redis }): App {
  const loadCatalog = createCatalogLoader(database);
  const characterCodes = async () => (await loadCatalog()).map(({ code }) => code);
  return createUsersRoutes({
    ...createAccountStore(database),
    ...createEraser(database),
    ...createForgetter(redis, characterCodes),
  });
}
