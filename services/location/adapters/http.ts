import { Hono } from "hono";
import { Center } from "#lib/contract/places/center.ts";
import { positionOf } from "#lib/contract/places/position-query.ts";
import type { App, AppEnv } from "#lib/http/create-app.ts";
import { describe } from "#lib/http/openapi.ts";
import { requireUser } from "#lib/http/require-user.ts";
import { validate } from "#lib/http/validate.ts";
import {
  CenterParam,
  Centers,
  CentersOnMap,
  CentersQuery,
  SearchQuery,
  SuggestQuery,
} from "../center-query.ts";
import { type FindCentersDeps, findCenters } from "../find-centers.ts";
import { type ReadCenterDeps, readCenter } from "../read-center.ts";
import { type SearchCentersDeps, searchCenters } from "../search-centers.ts";
import { suggestCenters } from "../suggest-centers.ts";

export type LocationRoutesDeps = FindCentersDeps & SearchCentersDeps & ReadCenterDeps;

export function createLocationRoutes(deps: LocationRoutesDeps): App {
  const app = new Hono<AppEnv>();
  app.use("/api/v1/locations/*", requireUser());

  app.get(
    "/api/v1/locations/centers",
    describeCenters,
    validate("query", CentersQuery),
    async (c) => c.json(await findCenters(deps, c.req.valid("query"))),
  );

  app.get("/api/v1/locations/search", describeSearch, validate("query", SearchQuery), async (c) => {
    const { q, ...position } = c.req.valid("query");
    const at = positionOf(position);
    return c.json({ centers: await searchCenters(deps, q, at) });
  });

  app.get(
    "/api/v1/locations/suggest",
    describeSuggest,
    validate("query", SuggestQuery),
    async (c) => c.json({ centers: await suggestCenters(deps, c.req.valid("query").q) }),
  );

  app.get(
    "/api/v1/locations/centers/:id",
    describeCenter,
    validate("param", CenterParam),
    async (c) => c.json(await readCenter(deps, c.req.valid("param").id)),
  );
  return app;
}

const faults = ["UNAUTHENTICATED", "UNAVAILABLE"] as const;

const describeCenters = describe({
  id: "findCenters",
  tag: "locations",
  summary: "The nearest places to hand something in, nearest first",
  responses: { 200: { description: "Places, and clusters of them", schema: CentersOnMap } },
  faults: [
    "COORDINATES_INVALID",
    "RADIUS_INVALID",
    "LIMIT_INVALID",
    "ZOOM_INVALID",
    "STORE_CATEGORY_UNKNOWN",
    "PICKUP_CATEGORY_UNKNOWN",
    "OPEN_NOW_INVALID",
    ...faults,
  ],
});

const describeSearch = describe({
  id: "searchCenters",
  tag: "locations",
  summary: "Places by the words of their name and address; with lat and lon the nearest first",
  responses: { 200: { description: "30 places at most", schema: Centers } },
  faults: ["SEARCH_TEXT_INVALID", "COORDINATES_INVALID", ...faults],
});

const describeSuggest = describe({
  id: "suggestCenters",
  tag: "locations",
  summary: "Places whose name begins with q, while it is typed",
  responses: { 200: { description: "10 places at most", schema: Centers } },
  faults: ["SEARCH_TEXT_INVALID", ...faults],
});

const describeCenter = describe({
  id: "readCenter",
  tag: "locations",
  summary: "One place",
  responses: { 200: { description: "The place", schema: Center } },
  faults: ["CENTER_NOT_FOUND", ...faults],
});
