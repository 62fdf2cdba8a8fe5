import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describeRoute, generateSpecs, resolver } from "hono-openapi";
import type * as v from "valibot";
import { version } from "#lib/config/version.ts";
import { Fault } from "#lib/error/fault.ts";
import { FAULTS, type FaultCode } from "#lib/error/fault-table.ts";
import { publicOperations } from "#lib/token/public-operations.ts";
import { tokenCookies } from "#lib/token/token.ts";
import type { App } from "./create-app.ts";
import { Problem } from "./problem.ts";

interface ResponseDescription {
  readonly description: string;
  readonly schema?: v.GenericSchema<unknown, unknown>;
  /** Default `application/json`. */
  readonly mediaType?: string;
}

interface Operation {
  readonly tag: string;
  readonly summary: string;
  readonly responses: Readonly<Record<number, ResponseDescription>>;
  /**
   * Grouped by status in the document; with `UNAUTHENTICATED`, those of an invalid token are added, and with
   * `CONTENT_TYPE_UNSUPPORTED` the others of `jsonBody`.
   */
  readonly faults: readonly FaultCode[];
}

/**
 * Describes a route in the OpenAPI document. Request parts are described by `validate` itself;
 * whether the operation is public is read from `lib/token/public-operations.ts`.
 *
 * @example
 * app.get("/things/:id", describe({
 *   tag: "things",
 *   summary: "Read a thing",
 *   responses: { 200: { description: "The thing", schema: Thing } },
 *   faults: ["UNAUTHENTICATED", "NOT_FOUND"],
 * }), validate("param", ThingParam), (c) => …);
 */
export function describe({ tag, summary, responses: own, faults: ownFaults }: Operation) {
  const faults = [
    ...ownFaults,
    ...(ownFaults.includes("UNAUTHENTICATED") ? TOKEN_FAULTS : []),
    ...(ownFaults.includes("CONTENT_TYPE_UNSUPPORTED") ? BODY_FAULTS : []),
  ];
  const responses: Record<string, ReturnType<typeof toResponse>> = {};
  for (const [status, value] of Object.entries(own)) responses[status] = toResponse(value);
  for (const code of faults) {
    const status = FAULTS[code].status;
    const codes = faults.filter((other) => FAULTS[other].status === status).join(", ");
    responses[status] ??= toResponse({
      description: codes,
      schema: Problem,
      mediaType: "application/problem+json",
    });
  }
  return describeRoute({ tags: [tag], summary, responses });
}

/** How authentication refuses an invalid token. */
const TOKEN_FAULTS = [
  "TOKEN_INVALID",
  "TOKEN_EXPIRED",
  "TOKEN_REVOKED",
  "TOKEN_ALGORITHM_REFUSED",
  "TOKEN_KEY_UNKNOWN",
  "TOKEN_ISSUER_WRONG",
  "TOKEN_AUDIENCE_WRONG",
] as const satisfies readonly FaultCode[];

/** How `jsonBody` refuses a body of the right type. */
const BODY_FAULTS = [
  "CONTENT_ENCODING_UNSUPPORTED",
  "CHARSET_UNSUPPORTED",
] as const satisfies readonly FaultCode[];

function toResponse({ description, schema, mediaType = "application/json" }: ResponseDescription) {
  if (!schema) return { description };
  return { description, content: { [mediaType]: { schema: resolver(schema) } } };
}

/**
 * Serves `/api/v1/openapi.json` and the interactive `/api/v1/docs`, both describing `app` itself.
 */
export function serveOpenApi(app: App, { title }: { title: string }): void {
  let document: Awaited<ReturnType<typeof generateDocument>> | undefined;
  app.get("/api/v1/openapi.json", async (c) => {
    document ??= await generateDocument(app, title);
    return c.json(document);
  });
  app.get("/api/v1/docs", (c) => c.html(docsPage));
  app.get("/api/v1/docs/:file", async (c) => {
    const type = docsFiles.get(c.req.param("file"));
    if (!type) throw new Fault("NOT_FOUND");
    // Served from the package, not from a CDN: the page works offline and loads no third party's
    // script.
    const folder = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
    const body = await readFile(join(folder, c.req.param("file")));
    return c.body(body, 200, { "content-type": type, "cache-control": "public, max-age=86400" });
  });
}

async function generateDocument(app: App, title: string) {
  const document = await generateSpecs(app, {
    documentation: {
      openapi: "3.1.0",
      info: { title, version, description },
      components: { securitySchemes },
      // Alternatives: one of them suffices.
      security: Object.keys(securitySchemes).map((scheme) => ({ [scheme]: [] })),
    },
    // The library's own description of a failed validation differs from what `validate` responds.
    defaultValidationErrorResponse: false,
    // The key set is an operation, though its path looks like a file.
    excludeStaticFile: false,
    exclude: ["/api/v1/openapi.json", /^\/api\/v1\/docs/],
  });
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      const isPublic = publicOperations.has(`${method.toUpperCase()} ${path}`);
      if (isPublic && typeof operation === "object") Object.assign(operation, { security: [] });
    }
  }
  return document;
}

const description =
  "A photo of waste in; what it is, how to throw it away and what it earned out. Every error is an " +
  "RFC 9457 problem document: `code` is stable, `detail` is for the user.\n\n" +
  "Callers sign in at `/api/v1/auth/{provider}/authorize` and show their access token, as a cookie or " +
  "as a bearer token. A write with cookies must come from an allowed origin. Where the server runs " +
  "with `AUTH_MODE=dev`, and only there, `X-User-ID` does as well.";

const securitySchemes = {
  bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
  cookie: { type: "apiKey", in: "cookie", name: tokenCookies.access },
  user: {
    type: "apiKey",
    in: "header",
    name: "X-User-ID",
    description: "Taken with `AUTH_MODE=dev` only, from a request that shows no token",
  },
} as const;

const docsFiles = new Map([
  ["swagger-ui.css", "text/css; charset=utf-8"],
  ["swagger-ui-bundle.js", "text/javascript; charset=utf-8"],
]);

const docsPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Eco² API</title>
<link rel="stylesheet" href="/api/v1/docs/swagger-ui.css">
<div id="docs"></div>
<script src="/api/v1/docs/swagger-ui-bundle.js"></script>
<script>SwaggerUIBundle({ url: "/api/v1/openapi.json", dom_id: "#docs" })</script>
`;
