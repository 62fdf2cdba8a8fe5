import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describeRoute, openAPIRouteHandler, resolver } from "hono-openapi";
import type * as v from "valibot";
import { version } from "#lib/config/version.ts";
import { Fault } from "#lib/error/fault.ts";
import { FAULTS, type FaultCode } from "#lib/error/fault-table.ts";
import { tokenCookies } from "#lib/token/token.ts";
import type { App } from "./create-app.ts";
import { Problem } from "./problem.ts";

interface Answer {
  readonly description: string;
  readonly schema?: v.GenericSchema<unknown, unknown>;
  /** Default `application/json`. */
  readonly mediaType?: string;
}

interface Operation {
  readonly tag: string;
  readonly summary: string;
  readonly answers: Readonly<Record<number, Answer>>;
  /** Faults this operation answers with, grouped by status in the document. */
  readonly faults: readonly FaultCode[];
  /** Whoever calls need not be known. */
  readonly isPublic?: boolean;
}

/** Describes a route in the OpenAPI document. Request parts are described by `validate` itself. */
export function describe({ tag, summary, answers, faults: own, isPublic = false }: Operation) {
  const isGated = !isPublic && own.includes("UNAUTHENTICATED");
  const faults = isGated ? [...own, ...TOKEN_FAULTS] : own;
  const responses: Record<string, ReturnType<typeof answer>> = {};
  for (const [status, value] of Object.entries(answers)) responses[status] = answer(value);
  for (const code of faults) {
    const status = FAULTS[code].status;
    const codes = faults.filter((other) => FAULTS[other].status === status).join(", ");
    responses[status] ??= answer({
      description: codes,
      schema: Problem,
      mediaType: "application/problem+json",
    });
  }
  const security = isPublic ? { security: [] } : {};
  return describeRoute({ tags: [tag], summary, responses, ...security });
}

/** What authentication in front replies to a token that is no good. */
const TOKEN_FAULTS = [
  "TOKEN_INVALID",
  "TOKEN_EXPIRED",
  "TOKEN_REVOKED",
  "TOKEN_ALGORITHM_REFUSED",
  "TOKEN_KEY_UNKNOWN",
  "TOKEN_ISSUER_WRONG",
  "TOKEN_AUDIENCE_WRONG",
] as const satisfies readonly FaultCode[];

function answer({ description, schema, mediaType = "application/json" }: Answer) {
  if (!schema) return { description };
  return { description, content: { [mediaType]: { schema: resolver(schema) } } };
}

/** Serves `/api/v1/openapi.json` and the interactive `/api/v1/docs`, both about `app` itself. */
export function serveOpenApi(app: App, { title }: { title: string }): void {
  app.get(
    "/api/v1/openapi.json",
    openAPIRouteHandler(app, {
      documentation: {
        openapi: "3.1.0",
        info: { title, version, description },
        components: { securitySchemes },
        // One of them suffices.
        security: Object.keys(securitySchemes).map((scheme) => ({ [scheme]: [] })),
      },
      // The library's own description of a failed validation is not what `validate` answers.
      defaultValidationErrorResponse: false,
      // The key set is a call like any other, though it is called like a file.
      excludeStaticFile: false,
      exclude: ["/api/v1/openapi.json", /^\/api\/v1\/docs/],
    }),
  );
  app.get("/api/v1/docs", (c) => c.html(docsPage));
  app.get("/api/v1/docs/:file", async (c) => {
    const type = docsFiles.get(c.req.param("file"));
    if (!type) throw new Fault("NOT_FOUND");
    // Served from the package, not from a CDN: the page works offline and loads nobody's script.
    const folder = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
    const body = await readFile(join(folder, c.req.param("file")));
    return c.body(body, 200, { "content-type": type, "cache-control": "public, max-age=86400" });
  });
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
