import { afterAll, describe, expect, test } from "bun:test";
import { Hono } from "hono";
import { register } from "prom-client";
import { createLogger } from "#lib/log/logger.ts";
import { type AppEnv, createApp } from "./create-app.ts";
import { requireUser } from "./require-user.ts";

const routes = new Hono<AppEnv>();
routes.get("/trace", (c) => c.json([c.get("traceparent"), c.get("traceId")]));
routes.get("/me", requireUser(), (c) => c.text(c.get("userId")));
routes.get("/jobs/:id", (c) => c.text(c.req.param("id")));
routes.post("/jobs/:id", (c) => c.text("made", 201));
routes.use("/guarded/*", requireUser());
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

  test("continues the caller's trace but not their sampling, and starts one without or with a bad header", async () => {
    const traces = async (traceparent?: string) => {
      const headers = traceparent === undefined ? {} : { traceparent };
      return (await app.request("/trace", { headers })).json();
    };
    const [continued, id] = await traces(`00-${"a".repeat(32)}-${"b".repeat(16)}-01`);
    expect(id).toBe("a".repeat(32));
    expect(continued).toMatch(/^00-a{32}-b{16}-00$/);
    for (const header of [undefined, "bad"]) {
      const [started, startedId] = await traces(header);
      expect(startedId).toMatch(/^(?!a{32})[0-9a-f]{32}$/);
      expect(started).toContain(startedId);
    }
  });

  test("shows what its log lines have as trace_id", async () => {
    const headers = { traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01` };
    for (const path of ["/trace", "/nothing"]) {
      const response = await app.request(path, { headers });
      expect(response.headers.get("x-request-id")).toBe("a".repeat(32));
    }
    expect((await app.request("/trace")).headers.get("x-request-id")).toMatch(/^[0-9a-f]{32}$/);
  });

  test("names the trace of whatever is refused, in the document and in the header", async () => {
    const headers = { traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01` };
    for (const [path, method] of [
      ["/nothing", "GET"],
      ["/me", "GET"],
      ["/jobs/1", "PUT"],
    ]) {
      const response = await app.request(path ?? "", { method: method ?? "", headers });
      expect(response.headers.get("x-request-id")).toBe("a".repeat(32));
      expect(await response.json()).toMatchObject({ instance: `urn:trace:${"a".repeat(32)}` });
    }
  });

  test("counts a request by the route that responded, also before one that takes everything", async () => {
    const pages = new Hono<AppEnv>();
    pages.use("*", (_, next) => next());
    pages.get("/*", (c) => c.text("a page"));
    const both = createApp(
      createLogger("test", "error", () => undefined),
      [routes, pages],
    );
    await both.request("/jobs/of-this-test-alone");
    await both.request("/some/page");
    const text = await register.getSingleMetricAsString("eco2_http_request_duration_seconds");
    expect(text).toMatch(/_count\{method="GET",route="\/jobs\/:id",status="200"\} \d/);
    expect(text).toMatch(/_count\{method="GET",route="\/\*",status="200"\} 1$/m);
  });

  test("writes one line a request at the level for it, without the query", async () => {
    const lines: string[] = [];
    const logged = createApp(
      createLogger("test", "access", (line) => lines.push(line)),
      [routes],
    );
    const id = (await logged.request("/jobs/7?token=x")).headers.get("x-request-id");
    const entry = { level: "access", message: "request", method: "GET", path: "/jobs/7" };
    const [line = "", ...more] = lines;
    expect([JSON.parse(line), more]).toMatchObject([{ ...entry, status: 200, trace_id: id }, []]);
    expect(JSON.parse(line).duration_ms).toBeNumber();
  });

  test.each([
    ["PUT", "/jobs/1", "GET, POST, HEAD, OPTIONS"],
    ["TRACE", "/jobs/1", "GET, POST, HEAD, OPTIONS"],
    ["PROPFIND", "/jobs/%31", "GET, POST, HEAD, OPTIONS"],
    ["POST", "/me", "GET, HEAD, OPTIONS"],
  ])(
    "responds to %s %s, which has other methods, with 405 and these",
    async (method, path, allow) => {
      const response = await app.request(path, { method });
      expect([response.status, response.headers.get("allow")]).toEqual([405, allow]);
      expect(await response.json()).toMatchObject({ code: "METHOD_NOT_ALLOWED" });
    },
  );

  test("says to OPTIONS what a path can do, without a user", async () => {
    const response = await app.request("/me", { method: "OPTIONS" });
    const answer = [response.status, response.headers.get("allow"), await response.text()];
    expect(answer).toEqual([204, "GET, HEAD, OPTIONS", ""]);
    expect((await app.request("/nothing", { method: "OPTIONS" })).status).toBe(404);
  });

  test.each([
    "/jobs/1/",
    "//jobs/1",
    "/jobs//1",
    "/JOBS/1",
    "/jobs%2F1",
    "/jobs/1%2Fx%2f",
    "/jobs/1%00",
    "/jobs/%ff",
    "/jobs/%",
    "/jobs/%zz",
    "/./jobs/../nothing",
    "/jobs/..%2f..%2fme",
    "/jobs;a=b/1",
    "/jobs/1?a=%ff&a=%",
  ])("has one reading of %s, the same for every method", async (path) => {
    const url = `http://localhost${path}`;
    const known = (await app.request(url)).status === 200;
    for (const method of ["GET", "POST", "PUT", "OPTIONS"]) {
      const { status } = await app.request(url, { method });
      const expected = { GET: 200, POST: 201, PUT: 405, OPTIONS: 204 }[method] ?? 0;
      expect([method, status]).toEqual([method, known ? expected : 404]);
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

describe("HEAD", () => {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: app.fetch });
  afterAll(() => server.stop(true));
  const call = async (method: string, path: string) => {
    const response = await fetch(new URL(path, server.url), { method });
    const { status, headers } = response;
    return [status, headers.get("content-type"), headers.get("content-length")];
  };

  test.each(["/trace", "/public", "/nothing", "/me"])("of %s says what GET does", async (path) => {
    const get = await call("GET", path);
    expect(Number(get[2])).toBeGreaterThan(1);
    expect(await call("HEAD", path)).toEqual(get);
  });
});
