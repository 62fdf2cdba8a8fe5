import { beforeAll, describe, expect, test } from "bun:test";
import { createApp } from "#lib/http/create-app.ts";
import { createLogger } from "#lib/log/logger.ts";
import { isPublicOperation } from "#lib/token/public-operations.ts";
import type { Site } from "./adapters/http.ts";
import { webRoutes } from "./main-routes.ts";
import { buildSite } from "./main-site.ts";
import { LANGUAGES, PAGES, pathOf } from "./page.ts";

const loadedBytesMax = 60 * 1024;
const s3 = { CDN_URL: "https://cdn.example/photos", S3_ENDPOINT: "https://s3.example" };
const config = {
  PORT: 8080,
  HOST: "127.0.0.1",
  METRICS_PORT: 0,
  PUBLIC_URL: "https://eco2.example",
};
const settings = {
  ...config,
  ...s3,
  LOG_LEVEL: "info",
  BOOT_WAIT_S: 0,
  STOP_WAIT_S: 0,
  OTEL_TRACES_SAMPLER_ARG: 0,
} as const;
const log = createLogger("test", "error", () => undefined);
const app = createApp(log, [webRoutes(settings)]);
const documents = LANGUAGES.flatMap((language) => PAGES.map((page) => pathOf(page, language)));

let site: Site;
beforeAll(async () => {
  site = await buildSite();
});

/** Addresses in a document that a browser asks for at once. */
const partsOf = (html: string) =>
  new Set(
    [...html.matchAll(/(?:href|src|data-icons)="(\/assets\/[^"#]+)/g)].map(
      ([, path]) => path ?? "",
    ),
  );

describe.each(documents)("the page %s", (path) => {
  test("loads 60 KB at most at a first visit, all of it there, and nothing of others", async () => {
    const html = await (await app.request(path)).text();
    const paths = [path, ...partsOf(html)];
    expect(paths.length).toBeGreaterThan(5);
    let bytes = 0;
    for (const one of paths) {
      const response = await app.request(one, { headers: { "accept-encoding": "gzip, br" } });
      expect([one, response.status]).toEqual([one, 200]);
      bytes += (await response.arrayBuffer()).byteLength;
    }
    expect(bytes).toBeLessThanOrEqual(loadedBytesMax);
    expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  });

  test("runs nothing inline, and its policy lets nothing", async () => {
    const response = await app.request(path);
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toStartWith("default-src 'none'; script-src 'self'; style-src 'self'; ");
    expect(policy).not.toContain("unsafe");
    const photos = "https://eco2.example https://cdn.example https://s3.example";
    expect(policy).toContain(`img-src 'self' blob: ${photos};`);
    const html = await response.text();
    expect(html).not.toMatch(/\son\w+=|\sstyle=|<style|javascript:/);
    const scripts = [...html.matchAll(/<script(?![^>]*\bsrc=)[^>]*>/g)].map(String);
    expect(scripts).toEqual(['<script type="application/json" id="words">']);
  });
});

test("everything that is served is open to everybody at the gatekeeper, and nothing else of it", () => {
  const closed = [...site.keys()].filter((path) => !isPublicOperation("GET", path));
  expect(closed).toEqual([]);
  expect(
    ["/ops/x", "/history/x", "/en/", "/assets/a/b"].filter((path) =>
      isPublicOperation("GET", path),
    ),
  ).toEqual([]);
  expect(isPublicOperation("POST", "/")).toBe(false);
});

test("two builds are the same: processes of a release serve each other's parts", async () => {
  expect([...(await buildSite()).keys()]).toEqual([...site.keys()]);
});

test("a page opened by another name of this machine goes to the one that the API uses", async () => {
  const local = createApp(log, [webRoutes({ ...config, ...settings, PUBLIC_URL: undefined })]);
  const to = async (url: string) => (await local.request(url)).headers.get("location");
  expect(await to("http://localhost:8080/en/chat?error=x")).toBe(
    "http://127.0.0.1:8080/en/chat?error=x",
  );
  expect(await to("http://127.0.0.1:8080/")).toBeNull();
  expect(await to("http://localhost:9090/")).toBeNull();
  expect(await to("http://eco2.example:8080/")).toBeNull();
  expect(await to("http://localhost:8080/sw.js")).toBeNull();
});

describe("a request", () => {
  const asset = () =>
    [...site.keys()].find((path) => path.endsWith(".js") && path !== "/sw.js") ?? "";
  const encodingOf = async (accepted: string) => {
    const response = await app.request("/", { headers: { "accept-encoding": accepted } });
    return [response.headers.get("content-encoding"), response.headers.get("vary")];
  };

  test("gets what it can read, and caches know that it differs", async () => {
    for (const [accepted, encoding] of [
      ["gzip, deflate, br", "br"],
      ["gzip", "gzip"],
      ["br;q=0, gzip;q=0.5", "gzip"],
      ["br;q=1.0", "br"],
      ["brotli, zip", null],
      ["", null],
    ] as const) {
      expect([accepted, ...(await encodingOf(accepted))]).toEqual([
        accepted,
        encoding,
        "Accept-Encoding",
      ]);
    }
  });

  test("keeps a part for good, and asks about a page every time", async () => {
    const part = await app.request(asset());
    expect(part.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    const page = await app.request("/");
    const etag = page.headers.get("etag") ?? "";
    expect(page.headers.get("cache-control")).toBe("no-cache");
    const again = await app.request("/", { headers: { "if-none-match": `W/"x", ${etag}` } });
    expect([again.status, await again.text()]).toEqual([304, ""]);
  });

  test("of HEAD is told the length of what GET sends", async () => {
    const response = await app.request("/", {
      method: "HEAD",
      headers: { "accept-encoding": "br" },
    });
    const body = await (
      await app.request("/", { headers: { "accept-encoding": "br" } })
    ).arrayBuffer();
    expect(response.headers.get("content-length")).toBe(String(body.byteLength));
  });

  test("for what is not there is a 404, whatever it looks like", async () => {
    for (const path of ["/assets/none.js", "/assets/..%2fpackage.json", "/assets/style.css"]) {
      expect([path, (await app.request(path)).status]).toEqual([path, 404]);
    }
  });
});
