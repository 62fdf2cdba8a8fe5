import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Fault } from "#lib/error/fault.ts";
import { isFaultCode } from "#lib/error/fault-table.ts";
import type { App } from "./create-app.ts";
import { errorList, errorPage } from "./error-pages.ts";
import openapi from "./openapi.json" with { type: "json" };

/**
 * Serves `/api/v1/openapi.json`, the interactive `/api/v1/docs`, and below it a page for every error code. They
 * describe the whole API, whichever part of it this process has: clients know one API, however it is split into
 * processes. `bun run docs` renders the document.
 */
export function serveOpenApi(app: App): void {
  app.get("/api/v1/openapi.json", (c) => c.json(openapi));
  app.get("/api/v1/docs", (c) => c.html(docsPage));
  app.get("/api/v1/docs/:file", async (c) => {
    const file = c.req.param("file");
    if (file === "errors") return c.html(errorList());
    if (isFaultCode(file)) return c.html(errorPage(file));
    const type = docsFiles.get(file);
    if (!type) throw new Fault("NOT_FOUND");
    // Served from the package, not from a CDN: the page works offline and loads no third party's
    // script.
    const folder = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
    const body = await readFile(join(folder, file));
    return c.body(body, 200, { "content-type": type, "cache-control": "public, max-age=86400" });
  });
}

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
