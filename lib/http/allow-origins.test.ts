import { describe, expect, test } from "bun:test";
import { Hono } from "hono";
import { Fault } from "#lib/error/fault.ts";
import { createLogger } from "#lib/log/logger.ts";
import { createAuthenticator } from "#lib/token/authenticate.ts";
import { type AppEnv, createApp } from "./create-app.ts";

const friend = "https://app.example.com";
const stranger = "https://evil.example";
const log = createLogger("test", "error", () => undefined);
const authenticate = createAuthenticator({
  verify: () => Promise.reject(new Fault("TOKEN_EXPIRED")),
  mode: "oauth",
  allowedOrigins: [friend],
  isPublic: (_, path) => path !== "/mine",
});

const quota = { name: "submits", limit: 60, remaining: 0, windowS: 60, resetS: 7 };

function given(corsOrigins: readonly string[]) {
  const routes = new Hono<AppEnv>();
  routes.get("/open", (c) => c.text("open", 200, { Vary: "Accept" }));
  routes.get("/raw", () => new Response("raw"));
  routes.get("/bug", () => fail());
  routes.get("/unchanged", (c) => c.body(null, 304));
  routes.get("/over", (c) => c.body(null, 204));
  routes.get("/limited", () => {
    throw new Fault("RATE_LIMITED", { quota });
  });
  routes.post("/mine", (c) => c.text("mine"));
  const app = createApp(log, [routes], { corsOrigins, authenticate });
  return async (path: string, origin?: string, init: RequestInit & { preflight?: string } = {}) => {
    const { preflight, ...rest } = init;
    const headers = new Headers(rest.headers);
    if (origin) headers.set("origin", origin);
    if (preflight) headers.set("access-control-request-method", preflight);
    const method = preflight ? "OPTIONS" : "GET";
    return app.request(path, { method, ...rest, headers });
  };
}

const corsHeadersOf = ({ headers }: Response) =>
  [...headers.keys()].filter((name) => name.startsWith("access-control-")).sort();
const shared = ["access-control-allow-credentials", "access-control-allow-origin"];

describe("a page of an allowed origin", () => {
  const send = given([friend]);

  test.each([
    ["the response of a route", "/open", 200],
    ["the response of a raw handler", "/raw", 200],
    ["a bug", "/bug", 500],
    ["what is not there", "/nothing", 404],
    ["what it may not do", "/open", 405],
    ["that nothing has changed", "/unchanged", 304],
    ["that nothing is left", "/over", 204],
    ["how long it has to wait", "/limited", 429],
    ["why it was refused", "/mine", 401],
  ])("reads %s", async (_, path, status) => {
    const method = path === "/mine" || status === 405 ? "POST" : "GET";
    const response = await send(path, friend, { method });
    expect(response.status).toBe(status);
    expect(corsHeadersOf(response)).toEqual([...shared, "access-control-expose-headers"]);
    expect(response.headers.get("access-control-allow-origin")).toBe(friend);
    const exposed = response.headers.get("access-control-expose-headers")?.split(", ");
    const ours = ["Retry-After", "RateLimit", "Idempotency-Replayed", "X-Request-ID", "ETag"];
    expect(exposed).toEqual(expect.arrayContaining(ours));
    expect(response.headers.get("vary")).toContain("Origin");
  });

  test("gets its preflight response without a token, and may cache it", async () => {
    const response = await send("/mine", friend, { preflight: "POST" });
    expect([response.status, await response.text()]).toEqual([204, ""]);
    expect(corsHeadersOf(response)).toEqual([
      "access-control-allow-credentials",
      "access-control-allow-headers",
      "access-control-allow-methods",
      "access-control-allow-origin",
      "access-control-expose-headers",
      "access-control-max-age",
    ]);
    expect(response.headers.get("access-control-allow-headers")).toContain("X-Idempotency-Key");
    expect(response.headers.get("access-control-allow-origin")).toBe(friend);
  });
});

describe("a page of an allowed origin may send", () => {
  const allowed = async (asked: string) => {
    const headers = { "access-control-request-headers": asked };
    const response = await given([friend])("/mine", friend, { preflight: "POST", headers });
    expect(response.headers.get("vary")).toContain("Access-Control-Request-Headers");
    return response.headers.get("access-control-allow-headers")?.toLowerCase().split(", ") ?? [];
  };

  test.each([
    "cache-control",
    "last-event-id",
    "idempotency-key",
    "x-idempotency-key",
    "authorization",
    "content-type",
    "x-requested-with",
    // Of libraries: Sentry, OpenTelemetry, Datadog, and an app's own.
    "sentry-trace",
    "baggage",
    "x-datadog-trace-id",
    "x-app-version",
    // Of a page that is developed against AUTH_MODE=dev.
    "x-user-id",
  ])("%s", async (name) => {
    expect(await allowed(name)).toContain(name);
    expect(await allowed(`accept,${name} , x-other`)).toContain(name);
  });

  test("nothing that proxies and the gatekeeper say, and nothing that is no name", async () => {
    const theirs = ["cookie", "x-forwarded-for", "x-auth-provider", "x-internal-auth", "a b", "é"];
    const answered = await allowed(`${theirs.join(",")},,${"x".repeat(65)},x-last`);
    expect(theirs.filter((name) => answered.includes(name))).toEqual([]);
    expect(answered).toContain("x-last");
    expect(answered.filter((name) => !/^[\w-]{1,64}$/.test(name))).toEqual([]);
  });

  test("no list without end", async () => {
    const endless = Array.from({ length: 2_000 }, (_, n) => `x-${n}`).join(",");
    expect((await allowed(endless)).length).toBeLessThan(100);
  });
});

describe("every other page", () => {
  test.each([
    stranger,
    "null",
    "*",
    `${friend}.evil.example`,
    `${friend}:8443`,
    friend.toUpperCase(),
    "capacitor://localhost",
  ])("%s gets no CORS headers, and the response varies by origin", async (origin) => {
    const send = given([friend]);
    for (const [path, init] of [
      ["/open", {}],
      ["/nothing", {}],
      ["/bug", {}],
      ["/mine", { preflight: "POST" }],
    ] as const) {
      const response = await send(path, origin, init);
      expect([path, corsHeadersOf(response)]).toEqual([path, []]);
      expect(response.headers.get("vary")).toContain("Origin");
    }
  });

  test("keeps the Vary of a route", async () => {
    const vary = (await given([friend])("/open")).headers.get("vary");
    expect([vary?.includes("Accept"), vary?.includes("Origin")]).toEqual([true, true]);
  });
});

test("an app's own scheme is an origin like any other", async () => {
  const app = "capacitor://localhost";
  const send = given([friend, app]);
  for (const init of [{}, { preflight: "POST" }]) {
    const response = await send("/mine", app, init);
    expect(response.headers.get("access-control-allow-origin")).toBe(app);
  }
});

test("without allowed origins there is no CORS, and a preflight is one more OPTIONS", async () => {
  const send = given([]);
  const responses = [
    await send("/open", friend),
    await send("/mine", friend, { preflight: "POST" }),
    await send("/nothing", friend),
  ];
  expect(responses.map(({ status }) => status)).toEqual([200, 204, 404]);
  expect(responses.flatMap(corsHeadersOf)).toEqual([]);
  expect(responses[0]?.headers.get("vary")).toBe("Accept");
});

function fail(): never {
  throw new Error("a bug");
}
