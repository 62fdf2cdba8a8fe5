import { describe, expect, test } from "bun:test";
import { Hono } from "hono";
import * as v from "valibot";
import { Fault } from "#lib/error/fault.ts";
import { createLogger } from "#lib/log/logger.ts";
import type { RequestHead } from "#lib/token/authenticate.ts";
import { type AppEnv, createApp } from "./create-app.ts";
import { createHealthApp } from "./health.ts";
import { jsonBody } from "./json-body.ts";
import { requireUser } from "./require-user.ts";
import { validate } from "./validate.ts";

/** What `authenticate` was called with, and how often the handlers ran. */
let calls: Pick<RequestHead, "method" | "path">[] = [];
let handled = 0;
const routes = new Hono<AppEnv>();
routes.use("/things/*", requireUser());
routes.get("/things/:id", (c) => {
  handled++;
  return c.json([c.get("userId"), c.req.header("x-user-id"), c.req.header("x-auth-provider")]);
});
routes.get("/open", (c) => {
  handled++;
  return c.json([c.req.header("x-user-id") ?? null, c.req.header("x-auth-provider") ?? null]);
});
routes.post("/things/:id", jsonBody(1_000), validate("json", v.object({ a: v.number() })), (c) =>
  c.json([c.get("userId"), c.req.header("x-user-id"), c.req.valid("json")]),
);
routes.all("/any", (c) => c.text(String(++handled)));
const app = createApp(
  createLogger("test", "error", () => undefined),
  [routes],
  {
    authenticate: async ({ method, path, headers }) => {
      calls.push({ method, path });
      if (path === "/open" || path === "/livez") return undefined;
      const userId = headers.get("authorization");
      if (userId === null) throw new Fault("UNAUTHENTICATED");
      return { userId, provider: "kakao" };
    },
  },
);
app.route(
  "/",
  createHealthApp({}, () => false),
);

const send = (path: string, headers: Record<string, string> = {}, init: RequestInit = {}) => {
  calls = [];
  handled = 0;
  return app.request(`http://localhost${path}`, { headers, ...init });
};
const eve = { "x-user-id": "eve", "X-Auth-Provider": "eve" };

describe("behind the gatekeeper a handler", () => {
  test("knows the caller by what authentication found, whatever the client says of itself", async () => {
    const response = await send("/things/1", { ...eve, authorization: "ann" });
    expect(await response.json()).toEqual(["ann", "ann", "kakao"]);
  });

  test("sees an anonymous request without the client's own headers", async () => {
    expect(await (await send("/open", eve)).json()).toEqual([null, null]);
  });

  test("is not reached without authentication, and the response says why", async () => {
    const response = await send("/things/1", eve);
    expect([response.status, (await response.json()).code, handled]).toEqual([
      ...[401, "UNAUTHENTICATED", 0],
    ]);
    expect(response.headers.get("content-type")).toStartWith("application/problem+json");
  });

  test("knows the caller also after the body was replaced", async () => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"a":1}'));
        controller.close();
      },
    });
    const headers = { ...eve, authorization: "ann", "content-type": "application/json" };
    const response = await send("/things/1", headers, { method: "POST", body });
    expect(await response.json()).toEqual(["ann", "ann", { a: 1 }]);
  });

  test("is authenticated for HEAD as well", async () => {
    const response = await send("/things/1", {}, { method: "HEAD" });
    expect([response.status, calls]).toEqual([401, [{ method: "HEAD", path: "/things/1" }]]);
  });
});

describe("authenticate is called for", () => {
  test("the path as the router reads it", async () => {
    const response = await send("/th%69ngs/%31?x=/open", { authorization: "ann" });
    expect([response.status, calls]).toEqual([200, [{ method: "GET", path: "/things/1" }]]);
  });

  test("routes that were added after it, as the health of the process is", async () => {
    expect((await send("/livez")).status).toBe(200);
    expect(calls).toEqual([{ method: "GET", path: "/livez" }]);
    expect((await send("/things/1")).status).toBe(401);
  });

  test("no route for all methods, which looks like middleware: it is closed", async () => {
    expect([(await send("/any", { authorization: "ann" })).status, handled]).toEqual([404, 0]);
  });

  test("no request without a route", async () => {
    for (const [path, method, status] of [
      ["/nothing", "GET", 404],
      ["/things", "GET", 404],
      ["/things/1/2", "GET", 404],
      ["/things/1", "DELETE", 405],
      ["/things/1", "OPTIONS", 204],
      ["//things/1", "GET", 404],
    ] as const) {
      const response = await send(path, eve, { method });
      expect([path, response.status, calls]).toEqual([path, status, []]);
    }
  });
});
