import type { Redis } from "ioredis";
import { createCatalogLoader } from "#lib/catalog/load-catalog.ts";
import type { Database } from "#lib/db/client.ts";
import type { App } from "#lib/http/create-app.ts";
import { withDeadline } from "#lib/process/with-deadline.ts";
import { createEraser } from "./adapters/erase.ts";
import { createUsersRoutes } from "./adapters/http.ts";
import { createAccountStore } from "./adapters/postgres.ts";
import { createForgetter } from "./adapters/redis.ts";

/** Photos that are not gone by then go within seconds of it, and the answer is the same. */
const removePhotosMs = 3_000;

interface UsersRoutesGiven {
  readonly database: Database;
  readonly redis: Redis;
  /** Where the images service is in this process; elsewhere it finds by itself what to remove. */
  readonly removePhotos?: () => Promise<unknown>;
}

/** The users API over real connections, for its own process and for edge. */
export function usersRoutes({ database, redis, removePhotos }: UsersRoutesGiven): App {
  const loadCatalog = createCatalogLoader(database);
  const characterCodes = async () => (await loadCatalog()).map(({ code }) => code);
  return createUsersRoutes({
    ...createAccountStore(database),
    ...createEraser(database),
    ...createForgetter(redis, characterCodes),
    removePhotos: async () => {
      if (removePhotos) await withDeadline(removePhotosMs, removePhotos()).catch(() => undefined);
    },
  });
}
