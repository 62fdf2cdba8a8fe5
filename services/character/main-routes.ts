import { Catalog } from "#lib/catalog/catalog.ts";
import { followCatalog } from "#lib/catalog/follow-catalog.ts";
import { createCatalogLoader } from "#lib/catalog/load-catalog.ts";
import type { Database } from "#lib/db/client.ts";
import type { App } from "#lib/http/create-app.ts";
import type { Logger } from "#lib/log/logger.ts";
import type { ProcessScope } from "#lib/process/run-process.ts";
import type { Broker } from "#lib/queue/broker.ts";
import type { Publisher } from "#lib/queue/publisher.ts";
import { CATALOG_EXCHANGE } from "#lib/queue/topology.ts";
import { readDrawings } from "./adapters/drawings.ts";
import { createCharacterRoutes } from "./adapters/http.ts";
import { createCatalogStore } from "./adapters/postgres.ts";
import type { CharacterConfig } from "./config.ts";

interface Given {
  readonly database: Database;
  readonly broker: Broker;
  readonly publisher: Publisher;
  readonly log: Logger;
  readonly scope: Pick<ProcessScope, "onStop">;
}

/** The character API over real connections, for its own process and for edge. */
export async function characterRoutes(
  config: Pick<CharacterConfig, "ADMIN_USERS">,
  { database, broker, publisher, log, scope }: Given,
): Promise<App> {
  const catalog = new Catalog(createCatalogLoader(database));
  scope.onStop("catalogue", await followCatalog(broker, catalog, log));
  return createCharacterRoutes({
    catalog,
    drawingOf: await readDrawings(),
    admins: new Set(config.ADMIN_USERS),
    store: createCatalogStore(database),
    apply: (change) => catalog.apply(change),
    broadcast: (change) => publisher.broadcast(CATALOG_EXCHANGE, change),
    onBroadcastFailed: (error) => log.warn("catalogue change not broadcast", { error }),
  });
}
