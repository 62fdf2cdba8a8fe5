import type { Catalog } from "#lib/catalog/catalog.ts";
import type { Converse } from "#lib/chat/turn.ts";
import { systemClock } from "#lib/clock/clock.ts";
import type { Database } from "#lib/db/client.ts";
import type { Logger } from "#lib/log/logger.ts";
import { createOwnFacts } from "./adapters/own-facts.ts";
import { createPlaceFinder } from "./adapters/places.ts";
import { createConverse } from "./chat/create-converse.ts";
import type { Models } from "./main-models.ts";
import { classify, type VisionDeps } from "./tasks/scan.vision.ts";

interface ChatDeps extends Pick<VisionDeps, "loadPhoto"> {
  readonly catalog: Catalog;
  readonly database: Database;
  readonly models: Pick<Models, "call" | "hasChat">;
  readonly log: Logger;
}

/** What answers the messages of chats: the models and the photos of scans, and the tools of this process. */
export function createChat({ catalog, database, models, loadPhoto, log }: ChatDeps): Converse {
  const callModel = models.call;
  return createConverse({
    callModel,
    hasChat: models.hasChat,
    classify: (question, signal) => classify({ callModel, loadPhoto }, question, signal),
    characters: () => catalog.list(),
    ...createOwnFacts(database),
    findPlaces: createPlaceFinder(database, systemClock),
    onToolFailure: (tool, error) => log.warn("a tool of a chat has failed", { tool, error }),
  });
}
