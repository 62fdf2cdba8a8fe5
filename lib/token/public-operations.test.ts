import { describe, expect, test } from "bun:test";
import { Hono } from "hono";
import { isPublicOperation } from "./public-operations.ts";

describe("a public operation is one of the table", () => {
  test.each([
    ["GET", "/health"],
    ["HEAD", "/health"],
    ["GET", "/api/v1/openapi.json"],
    ["GET", "/api/v1/docs/swagger-ui-bundle.js"],
    ["GET", "/api/v1/character/catalog"],
    ["HEAD", "/api/v1/character/images/char-eco.svg"],
    ["GET", "/api/v1/auth/google/authorize"],
    ["GET", "/api/v1/auth/naver/callback"],
    ["POST", "/api/v1/auth/refresh"],
    ["POST", "/api/v1/auth/logout"],
    ["GET", "/api/v1/auth/.well-known/jwks.json"],
    ["PUT", `/api/v1/images/upload/scan.${"A".repeat(22)}.${"-".repeat(43)}`],
    ["GET", `/api/v1/images/files/my.${"_".repeat(22)}.${"0".repeat(43)}`],
  ])("%s %s", (method, path) => expect(isPublicOperation(method, path)).toBe(true));

  test.each([
    ["POST", "/api/v1/character/catalog"],
    ["get", "/health"],
    ["", "/health"],
    ["OPTIONS", "/health"],
    ["GET", "/api/v1/character/catalog/char-eco"],
    ["DELETE", "/api/v1/character/catalog/char-eco"],
    ["GET", "/api/v1/auth/refresh"],
    ["POST", "/api/v1/auth/google/authorize"],
    ["POST", "/api/v1/images/scan"],
    ["POST", "/api/v1/images/scan/callback"],
    ["GET", "/api/v1/users/me"],
    ["GET", "/api/v1/openapiXjson"],
  ])("and not %s %s", (method, path) => expect(isPublicOperation(method, path)).toBe(false));
});

/** Ways to write a path that a router might read as another one. */
const tricks: readonly ((path: string) => string)[] = [
  (path) => `/${path}`,
  (path) => `${path}/`,
  (path) => `${path}//`,
  (path) => path.replace("/api", "/api/"),
  (path) => path.replace("/v1", "/./v1"),
  (path) => path.replace("/v1", "/%2e/v1"),
  (path) => path.replace("/v1", "/x/../v1"),
  (path) => path.replace("/v1", "/x/%2e%2e/v1"),
  (path) => path.replace("/v1/", "/v1%2F"),
  (path) => path.replace("/v1/", "/v1%2f"),
  (path) => path.replace("/v1/", "/v1%252F"),
  (path) => path.replace("/v1/", "/v1\\"),
  (path) => path.replace("/v1/", "/v1%5C"),
  (path) => path.replace("v1", "V1"),
  (path) => path.toUpperCase(),
  (path) => path.replace("v1", "%76%31"),
  (path) => `${path}?`,
  (path) => `${path}?a=/health`,
  (path) => `${path}#x`,
  (path) => `${path}%23x`,
  (path) => `${path}%3Fx`,
  (path) => `${path};x=1`,
  (path) => `${path}%00`,
  (path) => `${path}%0a`,
  (path) => `${path}\n`,
  (path) => ` ${path}`,
  (path) => `${path}%20`,
  (path) => `${path}.`,
  (path) => `${path}/..`,
  (path) => `${path}/../../users/me`,
  (path) => `${path}/..%2f..%2fusers/me`,
  (path) => `${path}/%2e%2e/%2e%2e/users/me`,
  (path) => `/health/..${path}`,
  (path) => `/health/%2e%2e${path}`,
  (path) => `/health/..;${path}`,
  (path) => `http://localhost${path}`,
  (path) => `//localhost${path}`,
  (path) => `${path}\u2215x`,
  (path) => path.replace("a", "\uFF41"),
  (path) => path.replace("a", "%61"),
  (path) => path.replace("a", "%C1%A1"),
];

const publicPaths = [
  "/api/v1/character/catalog",
  "/api/v1/character/images/char-eco.svg",
  "/api/v1/images/files/x",
  "/api/v1/auth/google/authorize",
  "/api/v1/docs/swagger-ui.css",
];
const protectedPaths = [
  "/api/v1/users/me",
  "/api/v1/scan/categories",
  "/api/v1/character/catalog/char-eco",
  "/api/v1/auth/sessions",
];

/** Which route Hono takes: `public`, `protected` or none. */
const app = new Hono();
for (const path of protectedPaths) app.get(path, (c) => c.text("protected"));
for (const path of [
  "/api/v1/character/catalog",
  "/api/v1/character/images/:file",
  "/api/v1/images/files/:key",
  "/api/v1/auth/:provider/authorize",
  "/api/v1/docs/:file",
  "/health",
])
  app.get(path, (c) => c.text("public"));

async function routeOf(path: string): Promise<string> {
  const response = await app.fetch(rawRequest(path));
  return response.status === 404 ? "none" : response.text();
}

/** A path as it arrives from a proxy: not normalised. */
function rawRequest(path: string): Request {
  const request = new Request("http://localhost/");
  return new Proxy(request, {
    get: (of, name) => (name === "url" ? `http://localhost${path}` : Reflect.get(of, name)),
  });
}

describe("what the router serves as something else never looks public", () => {
  test.each([...publicPaths, ...protectedPaths])("%s in every disguise", async (path) => {
    for (const trick of tricks) {
      const disguised = trick(path);
      if (!isPublicOperation("GET", disguised)) continue;
      expect([disguised, await routeOf(disguised)]).toEqual([disguised, "public"]);
    }
  });

  test("nor does it after its server has normalised it", async () => {
    for (const path of [...publicPaths, ...protectedPaths]) {
      for (const trick of tricks) {
        const disguised = trick(path);
        if (!isPublicOperation("GET", disguised)) continue;
        const tidy = new URL(disguised, "http://localhost").pathname;
        expect([disguised, tidy]).toEqual([disguised, disguised]);
      }
    }
  });

  test("and none of the disguises is needed: as they are written, each is what it is", async () => {
    for (const path of publicPaths)
      expect([isPublicOperation("GET", path), await routeOf(path)]).toEqual([true, "public"]);
    for (const path of protectedPaths)
      expect([isPublicOperation("GET", path), await routeOf(path)]).toEqual([false, "protected"]);
  });
});
