import { describe, expect, test } from "bun:test";
import { Hono } from "hono";
import { register } from "prom-client";
import { createLogger } from "#lib/log/logger.ts";
import { type AppEnv, createApp } from "./create-app.ts";
import { requireUser } from "./require-user.ts";

const routes = new Hono<AppEnv>();
routes.get("/trace", (c) => c.json([c.get("traceparent"), c.get("traceId")]));
routes.get("/me", requireUser(), (c) => c.text(c.get("userId")));
routes.get("/jobs/:id", (c) => c.text(c.req.param("id")));
routes.get("/public", (c) => c.json({}, 200, { "cache-control": "public, max-age=60" }));
routes.get("/framed", (c) => c.text("", 200, { "cross-origin-resource-policy": "cross-origin" }));
const app = createApp(
  createLogger("test", "error", () => undefined),
  [routes],
);

describe("an app", () => {
  test.each([["/nothing"], ["/jobs"], ["/jobs/%E0%A4%A/x"], ["//me"]])(
    "responds to %s, which no route has, with a problem document",
    async (path) => {
      const response = await app.request(`http://localhost${path}`);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ code: "NOT_FOUND" });
    },
  );

  test("continues the caller's trace, and starts one without or with a bad header", async () => {
    const traces = async (traceparent?: string) => {
      const headers = traceparent === undefined ? {} : { traceparent };
      return (await app.request("/trace", { headers })).json();
    };
    const [continued, id] = await traces(`00-${"a".repeat(32)}-${"b".repeat(16)}-01`);
    expect(id).toBe("a".repeat(32));
    expect(continued).toMatch(/^00-a{32}-(?!b{16})[0-9a-f]{16}-01$/);
    for (const header of [undefined, "bad"]) {
      const [started, startedId] = await traces(header);
      expect(startedId).toMatch(/^(?!a{32})[0-9a-f]{32}$/);
      expect(started).toContain(startedId);
    }
  });

  test("sets security headers, and keeps those a route sets for itself", async () => {
    const policy = async (path: string) =>
      (await app.request(path)).headers.get("cross-origin-resource-policy");
    expect(await policy("/jobs/1")).toBe("same-origin");
    expect(await policy("/framed")).toBe("cross-origin");
  });

  test.each([
    ["/jobs/1", "no-store"],
    ["/me", "no-store"],
    ["/unknown", "no-store"],
    ["/public", "public, max-age=60"],
  ])("%s may be stored only where its route says so", async (path, expected) => {
    expect((await app.request(path)).headers.get("cache-control")).toBe(expected);
  });

  test("measures by route, never by path: an id is no label", async () => {
    const before = (await register.metrics()).split("\n").length;
    for (const id of ["one", "two", "three"]) await app.request(`/jobs/${id}`);
    for (const id of ["four", "five"]) await app.request(`/unknown/${id}`);
    const metrics = await register.metrics();
    expect(metrics).toMatch(/_count\{method="GET",route="\/jobs\/:id",status="200"\} \d/);
    for (const id of ["one", "two", "three", "four", "five"]) expect(metrics).not.toContain(id);
    // Whatever is unknown shares one series.
    for (let n = 0; n < 50; n++) await app.request(`/unknown-${n}`);
    expect((await register.metrics()).split("\n").length).toBeLessThan(before + 60);
  });
});

describe("requireUser", () => {
  const me = (headers: Record<string, string>) => app.request("/me", { headers });

  test.each(["u", "user-1", "7b1e2f0a-9f1c-4b1e-8c1d-0a1b2c3d4e5f", "a.b_c@d", "a".repeat(128)])(
    "lets %s through as it is",
    async (id) => {
      const response = await me({ "x-user-id": id });
      expect([response.status, await response.text()]).toEqual([200, id]);
    },
  );

  test.each([
    ["missing", {}],
    ["empty", { "x-user-id": "" }],
    ["too long", { "x-user-id": "a".repeat(129) }],
    ["two of them", { "x-user-id": "a, b" }],
    ["a key of its own", { "x-user-id": "a:b" }],
    ["a pattern", { "x-user-id": "a*" }],
    ["a path", { "x-user-id": "../a" }],
    ["a flag", { "x-user-id": "-rf" }],
    ["blanks inside", { "x-user-id": "a b" }],
    ["not ASCII", { "x-user-id": "é" }],
    ["only in another header", { "x-user": "a", authorization: "Bearer a" }],
  ])("responds 401 to an id that is %s", async (_, headers) => {
    const response = await me(headers);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: "UNAUTHENTICATED" });
  });
});
