import type { App } from "#lib/http/create-app.ts";
import { createAuthRoutes } from "../../services/auth/adapters/http.ts";
import { createCharacterRoutes } from "../../services/character/adapters/http.ts";
import { createChatRoutes } from "../../services/chat/adapters/http.ts";
import { createEventsRoutes } from "../../services/events/adapters/http.ts";
import { createImagesRoutes } from "../../services/images/adapters/http.ts";
import { createLocationRoutes } from "../../services/location/adapters/http.ts";
import { createOpsRoutes } from "../../services/operator/adapters/http.ts";
import { createScanRoutes } from "../../services/scan/adapters/http.ts";
import { createUsersRoutes } from "../../services/users/adapters/http.ts";
import { createWebRoutes } from "../../services/web/adapters/http.ts";
import { createWebhookRoutes } from "../../services/webhooks/adapters/http.ts";
import type { ServiceName } from "./processes.ts";

export interface Operation {
  readonly method: string;
  /** As Hono has it: `/api/v1/scan/:job_id/events`. */
  readonly path: string;
}

/** What each service serves: the very routes it is made of. No request is made, so nothing behind them is needed. */
export function operationsOf(name: ServiceName): Operation[] {
  const app = ROUTES[name]?.();
  // Middleware is registered for ALL methods, a route for one.
  const routes = app?.routes ?? [];
  const own = routes.flatMap(({ method, path }) => (method === "ALL" ? [] : [{ method, path }]));
  return name === "character" ? [...own, ...documents] : own;
}

/** Of `lib/http/serve-openapi.ts`: every service has them, for the whole API, and one of them is asked. */
const documents = ["/api/v1/docs", "/api/v1/docs/:file", "/api/v1/openapi.json"].map((path) => ({
  method: "GET",
  path,
}));

export function pathsOf(name: ServiceName): string[] {
  return [...new Set(operationsOf(name).map(({ path }) => path))].sort();
}

/** Whatever a route would ask of what is behind it. */
const anything: ReturnType<typeof JSON.parse> = new Proxy(() => anything, {
  get: (_, name) => (name === Symbol.iterator ? () => [][Symbol.iterator]() : anything),
});

/** In the order in which edge has them. */
export const ROUTES: Partial<Record<ServiceName, () => App>> = {
  images: () => createImagesRoutes(anything),
  scan: () => createScanRoutes(anything),
  events: () => createEventsRoutes(anything),
  chat: () => createChatRoutes(anything),
  users: () => createUsersRoutes(anything),
  character: () => createCharacterRoutes(anything),
  auth: () => createAuthRoutes(anything),
  location: () => createLocationRoutes(anything),
  operator: () => createOpsRoutes(anything),
  webhooks: () => createWebhookRoutes(anything),
  web: () => createWebRoutes(anything),
};
