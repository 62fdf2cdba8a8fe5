import { Hono } from "hono";
import { etag } from "hono/etag";
import * as v from "valibot";
import type { Character } from "#lib/contract/character.ts";
import { Fault } from "#lib/error/fault.ts";
import type { App, AppEnv } from "#lib/http/create-app.ts";
import { jsonBody } from "#lib/http/json-body.ts";
import { describe } from "#lib/http/openapi.ts";
import { requireAdmin } from "#lib/http/require-admin.ts";
import { requireUser } from "#lib/http/require-user.ts";
import { validate } from "#lib/http/validate.ts";
import {
  CatalogEntry,
  CatalogPage,
  CharacterPatch,
  Code,
  type Drawing,
  NewCharacter,
  toEntry,
} from "../catalog-entry.ts";
import {
  addCharacter,
  type ChangeCatalogDeps,
  changeCharacter,
  removeCharacter,
} from "../change-catalog.ts";

export interface CharacterRoutesDeps extends ChangeCatalogDeps {
  readonly catalog: { find(code: string): Character | undefined; list(): readonly Character[] };
  drawingOf(code: string): Drawing;
  /** Who may change the catalogue; nobody when it is empty. */
  readonly admins: ReadonlySet<string>;
}

const bodyBytesMax = 8 * 1024;
/** A change is seen by every process within seconds, and by every client within a minute more. */
const catalogCacheS = 60;
/** A drawing changes with a release at most; the one that stands in may be replaced by then. */
const drawingCacheS = 30 * 24 * 60 * 60;
const fallbackCacheS = 60 * 60;

const CodeParam = v.object({ code: Code });
const FileParam = v.object({
  file: v.pipe(
    v.string(),
    v.maxLength(100, "CHARACTER_NOT_FOUND"),
    v.regex(/^[a-z0-9-]+\.svg$/, "CHARACTER_NOT_FOUND"),
  ),
});

export function createCharacterRoutes(deps: CharacterRoutesDeps): App {
  const app = new Hono<AppEnv>();
  app.get("/api/v1/character/catalog", describeCatalog, etag(), (c) => {
    c.header("Cache-Control", `public, max-age=${catalogCacheS}`);
    return c.json({ characters: deps.catalog.list().map(toEntry) });
  });
  serveDrawings(app, deps);
  acceptChanges(app, deps);
  return app;
}

function serveDrawings(app: App, { catalog, drawingOf }: CharacterRoutesDeps): void {
  app.get(
    "/api/v1/character/images/:file",
    describeDrawing,
    validate("param", FileParam),
    etag(),
    (c) => {
      const code = c.req.valid("param").file.replace(/\.svg$/, "");
      const { svg, isOwn } = drawingOf(code);
      if (!isOwn && catalog.find(code) === undefined) throw new Fault("CHARACTER_NOT_FOUND");
      return c.body(svg, 200, {
        "content-type": "image/svg+xml; charset=utf-8",
        // Opened by itself it is a document of our origin: it may do and load nothing.
        "content-security-policy": "default-src 'none'; sandbox",
        "x-content-type-options": "nosniff",
        // Shown by apps of other origins.
        "cross-origin-resource-policy": "cross-origin",
        "cache-control": `public, max-age=${isOwn ? drawingCacheS : fallbackCacheS}`,
      });
    },
  );
}

function acceptChanges(app: App, deps: CharacterRoutesDeps): void {
  app.post(
    "/api/v1/character/catalog",
    describeAdd,
    requireUser(),
    requireAdmin(deps.admins),
    jsonBody(bodyBytesMax),
    validate("json", NewCharacter),
    async (c) => c.json(toEntry(await addCharacter(deps, c.req.valid("json"))), 201),
  );
  app.patch(
    "/api/v1/character/catalog/:code",
    describeChange,
    requireUser(),
    requireAdmin(deps.admins),
    validate("param", CodeParam),
    jsonBody(bodyBytesMax),
    validate("json", CharacterPatch),
    async (c) => {
      const { code } = c.req.valid("param");
      return c.json(toEntry(await changeCharacter(deps, code, c.req.valid("json"))));
    },
  );
  app.delete(
    "/api/v1/character/catalog/:code",
    describeRemove,
    requireUser(),
    requireAdmin(deps.admins),
    validate("param", CodeParam),
    async (c) => {
      await removeCharacter(deps, c.req.valid("param").code);
      return c.body(null, 204);
    },
  );
}

const describeCatalog = describe({
  id: "readCatalog",
  tag: "character",
  headers: ["If-None-Match"],
  summary: "Every character there is; no login needed",
  responses: {
    200: { description: "The catalogue, by code", schema: CatalogPage, headers: ["ETag"] },
    304: { description: "As the ETag in If-None-Match" },
  },
  faults: [],
});

const describeDrawing = describe({
  id: "readDrawing",
  tag: "character",
  headers: ["If-None-Match"],
  summary: "A character's drawing, {code}.svg; no login needed",
  responses: {
    200: {
      description: "An SVG",
      mediaType: "image/svg+xml",
      schema: v.string(),
      headers: ["ETag"],
    },
    304: { description: "As the ETag in If-None-Match" },
  },
  faults: ["CHARACTER_NOT_FOUND"],
});

const adminFaults = ["VALIDATION_FAILED", "UNAUTHENTICATED", "FORBIDDEN", "UNAVAILABLE"] as const;
const bodyFaults = ["MALFORMED_JSON", "CONTENT_TYPE_UNSUPPORTED", "BODY_TOO_LARGE"] as const;
const ruleFaults = [
  "CHARACTER_NAME_TAKEN",
  "MATCH_LABEL_TAKEN",
  "DEFAULT_CHARACTER_FIXED",
] as const;

const describeAdd = describe({
  id: "addCharacter",
  tag: "character",
  summary: "Add a character; administrators only",
  responses: {
    201: { description: "Added; every process knows it within seconds", schema: CatalogEntry },
  },
  faults: [...adminFaults, ...bodyFaults, "CHARACTER_EXISTS", ...ruleFaults],
});

const describeChange = describe({
  id: "changeCharacter",
  tag: "character",
  summary: "Change a character; what is left out stays; administrators only",
  responses: { 200: { description: "Changed", schema: CatalogEntry } },
  faults: [...adminFaults, ...bodyFaults, "CHARACTER_NOT_FOUND", ...ruleFaults],
});

const describeRemove = describe({
  id: "deleteCharacter",
  tag: "character",
  summary: "Delete a character that nobody owns; administrators only",
  responses: { 204: { description: "Deleted" } },
  faults: [...adminFaults, "CHARACTER_NOT_FOUND", "DEFAULT_CHARACTER_FIXED", "CHARACTER_OWNED"],
});
