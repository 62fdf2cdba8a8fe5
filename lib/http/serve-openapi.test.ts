import { expect, describe as group, test } from "bun:test";
import { version } from "#lib/config/version.ts";
import { FAULTS } from "#lib/error/fault-table.ts";
import { createLogger } from "#lib/log/logger.ts";
import { createApp } from "./create-app.ts";
import { serveOpenApi } from "./serve-openapi.ts";

const app = createApp(
  createLogger("test", "error", () => undefined),
  [],
);
serveOpenApi(app);

test("a process serves the document of the whole API, whichever part it has", async () => {
  const { info, paths } = await (await app.request("/api/v1/openapi.json")).json();
  expect(info).toMatchObject({ title: "Eco²", version });
  expect(Object.keys(paths)).toContain("/api/v1/scan/{job_id}/events");
});

group("the page of an error code", () => {
  test.each(Object.keys(FAULTS))("is where its problem document points: %s", async (code) => {
    const page = await app.request(`/api/v1/docs/${code}`);
    const html = await page.text();
    expect([page.status, html.includes(`<h1>${code}</h1>`)]).toEqual([200, true]);
  });

  test("names the operations that answer with it; the list has every code", async () => {
    const html = await (await app.request("/api/v1/docs/IDEMPOTENCY_MISMATCH")).text();
    expect(html).toContain("<code>POST /api/v1/scan</code>");
    const list = await (await app.request("/api/v1/docs/errors")).text();
    for (const code of Object.keys(FAULTS)) expect(list).toContain(`>${code}</a>`);
  });
});

group("the reference page", () => {
  test("loads its two assets and the document from this server alone", async () => {
    const page = await app.request("/api/v1/docs");
    const html = await page.text();
    expect([page.status, page.headers.get("content-type")]).toEqual([
      200,
      "text/html; charset=UTF-8",
    ]);
    expect(html).not.toMatch(/https?:\/\//);
    const assets = [...html.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, path]) => path ?? "");
    expect(assets).toHaveLength(2);
    for (const path of assets) {
      const asset = await app.request(path);
      const type = path.endsWith(".css") ? "text/css" : "text/javascript";
      expect([asset.status, asset.headers.get("content-type")]).toEqual([
        200,
        `${type}; charset=utf-8`,
      ]);
      expect((await asset.bytes()).byteLength).toBeGreaterThan(50_000);
    }
    expect(html).toContain('"/api/v1/openapi.json"');
  });

  test.each(["package.json", "index.html", "..%2Fpackage.json", "swagger-ui.css.map"])(
    "serves no other file of the package: %s",
    async (file) => {
      const response = await app.request(`/api/v1/docs/${file}`);
      expect([response.status, (await response.json()).code]).toEqual([404, "NOT_FOUND"]);
    },
  );
});
