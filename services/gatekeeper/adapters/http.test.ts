import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import { createAuthenticator } from "#lib/token/authenticate.ts";
import { isPublicOperation } from "#lib/token/public-operations.ts";
import { createExtAuthzHandler } from "./http.ts";

const friend = "https://app.example.com";
const counts = new Map<string, number>();
const failed: unknown[] = [];
/** A token is its user's name. */
const extAuthz = createExtAuthzHandler({
  authenticate: createAuthenticator({
    verify: async (token) => {
      if (token === "revoked") throw new Fault("TOKEN_REVOKED");
      if (token === "stale") throw new Fault("UNAVAILABLE");
      if (token === "bug") throw new TypeError("secret");
      return { sub: token, provider: "naver", sid: "s", jti: "j", exp: 0 };
    },
    mode: "oauth",
    allowedOrigins: [friend],
    isPublic: isPublicOperation,
  }),
  corsOrigins: [friend],
  count: (outcome) => counts.set(outcome, (counts.get(outcome) ?? 0) + 1),
  onFailed: (error) => failed.push(error),
});
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: (request) => extAuthz(request) ?? new Response(null, { status: 418 }),
});
afterAll(() => server.stop(true));
beforeEach(() => {
  counts.clear();
  failed.length = 0;
});

const check = (path: string, headers: Record<string, string> = {}, method = "GET") =>
  fetch(`${server.url.origin}${path}`, { method, headers, redirect: "manual" });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe("a request passes", () => {
  test.each(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"])(
    "with its caller's identity, not the client's own headers: %s",
    async (method) => {
      const claims = { "x-user-id": "eve", "x-auth-provider": "eve" };
      const path = "/authz/api/v1/scan/categories?x=1";
      const response = await check(path, { ...bearer("ann"), ...claims }, method);
      expect([response.status, await response.text()]).toEqual([200, ""]);
      expect(response.headers.get("x-user-id")).toBe("ann");
      expect(response.headers.get("x-auth-provider")).toBe("naver");
    },
  );

  test("with a proof of its caller where services run alone, and without one as anonymous", async () => {
    const proven = createExtAuthzHandler({
      authenticate: async ({ path }) =>
        path === "/open" ? undefined : { userId: "ann", provider: "naver", sessionId: "s" },
      prove: (caller) => JSON.stringify(caller),
      corsOrigins: [],
      count: () => undefined,
      onFailed: () => undefined,
    });
    const proofAt = async (path: string) => {
      const headers = { "x-internal-auth": "forged" };
      const response = await proven(new Request(`http://x/authz${path}`, { headers }));
      return response?.headers.get("x-internal-auth");
    };
    const ann = { userId: "ann", provider: "naver", sessionId: "s" };
    expect(await proofAt("/mine")).toBe(JSON.stringify(ann));
    expect(await proofAt("/open")).toBeNull();
  });

  test("as anonymous on a public operation, with the client's identity headers removed", async () => {
    const response = await check("/authz/api/v1/character/catalog?x=/", { "x-user-id": "eve" });
    expect(response.status).toBe(200);
    expect(response.headers.get("x-envoy-auth-headers-to-remove")).toBe(
      "x-user-id,x-auth-provider",
    );
    expect(response.headers.has("x-user-id")).toBe(false);
    expect([...counts]).toEqual([["public", 1]]);
  });
});

describe("a request is refused", () => {
  test.each([
    ["no token", {}, 401, "UNAUTHENTICATED"],
    ["a user id alone", { "x-user-id": "eve" }, 401, "UNAUTHENTICATED"],
    ["a revoked token", bearer("revoked"), 401, "TOKEN_REVOKED"],
    ["a token while the revocation list is stale", bearer("stale"), 503, "UNAVAILABLE"],
    ["a token that hits a bug", bearer("bug"), 503, "UNAVAILABLE"],
  ])("with %s, as a problem document", async (_, headers, status, code) => {
    const response = await check("/authz/api/v1/users/me", headers);
    const body = await response.text();
    expect([response.status, JSON.parse(body).code]).toEqual([status, code]);
    expect(response.headers.get("content-type")).toStartWith("application/problem+json");
    expect(response.headers.get("x-auth-reason")).toBe(code);
    expect(response.headers.get("www-authenticate")).toBe(status === 401 ? "Bearer" : null);
    expect(response.headers.has("retry-after")).toBe(status === 503);
    expect(body).not.toContain("secret");
    expect([...counts]).toEqual([[code, 1]]);
  });

  test("when another site's page writes with the user's cookies", async () => {
    const cross = { cookie: "s_access=ann", "sec-fetch-site": "cross-site" };
    const response = await check(
      "/authz/api/v1/scan",
      { ...cross, origin: "https://evil" },
      "POST",
    );
    expect([response.status, response.headers.get("x-auth-reason")]).toEqual([403, "CSRF_REFUSED"]);
    expect((await check("/authz/api/v1/scan", { ...cross, origin: friend }, "POST")).status).toBe(
      200,
    );
  });

  test("and only a page of an allowed origin may read why", async () => {
    const allowed = async (origin: string) =>
      (await check("/authz/api/v1/scan", { origin })).headers.get("access-control-allow-origin");
    expect([await allowed(friend), await allowed("https://evil.example")]).toEqual([friend, null]);
  });

  test("and only an error of our own is reported to the operator", async () => {
    for (const token of ["revoked", "stale"]) await check("/authz/x", bearer(token));
    expect(failed).toEqual([]);
    await check("/authz/x", bearer("bug"));
    expect(failed).toMatchObject([{ message: "secret" }]);
  });
});

describe("the path is checked as it is written", () => {
  /** Over a raw socket: `fetch` would normalise the path. */
  async function statusOf(path: string): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<string>();
    const socket = await Bun.connect({
      hostname: "127.0.0.1",
      port: Number(server.port),
      socket: { data: (_, bytes) => resolve(bytes.toString("latin1")) },
    });
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    const response = await promise;
    socket.end();
    return Number(/^HTTP\/1\.1 (\d+)/.exec(response)?.[1]);
  }

  test.each([
    "/authz/api/v1/users/me",
    "/authz/api/v1/character/images/../../users/me",
    "/authz/api/v1/character/images/%2e%2e/%2e%2e/users/me",
    "/authz/api/v1/character/images/..%2f..%2fusers%2fme",
    "/authz/api/v1/character/catalog/",
    "/authz//api/v1/character/catalog",
    "/authz/api/v1/users/me?/api/v1/character/catalog",
    "/authz/api/v1/users/me#/../../character/catalog",
    "/authz/api/v1/character\\catalog\\..\\..\\users",
    "/authz/API/v1/character/catalog",
    "/authz//",
  ])("%s needs authentication", async (path) => expect(await statusOf(path)).toBe(401));

  test.each(["/authz", "/", "/api/v1/users/me", "/authzz/livez", "/authz/../x", "/Authz/livez"])(
    "%s is no check",
    async (path) => expect(await statusOf(path)).toBe(418),
  );
});
