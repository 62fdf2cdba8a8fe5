import { describe, expect, test } from "bun:test";
import { Hono } from "hono";
import * as v from "valibot";
import { createLogger } from "#lib/log/logger.ts";
import { type AppEnv, createApp } from "./create-app.ts";
import { jsonBody } from "./json-body.ts";
import { validate } from "./validate.ts";

const Body = v.object(
  {
    name: v.pipe(v.string("IMAGE_URL_REQUIRED"), v.maxLength(5, "USER_INPUT_TOO_LONG")),
    count: v.optional(v.number()),
    list: v.optional(v.array(v.object({ id: v.string() }))),
  },
  // A key that is missing is the object's issue, not its own.
  "IMAGE_URL_REQUIRED",
);
const Query = v.object({ job_id: v.pipe(v.string(), v.uuid("INVALID_JOB_ID")) }, "INVALID_JOB_ID");

const routes = new Hono<AppEnv>();
routes.post("/body", jsonBody(1_000), validate("json", Body), (c) => c.json(c.req.valid("json")));
routes.get("/query", validate("query", Query), (c) => c.json(c.req.valid("query")));
const app = createApp(
  createLogger("test", "error", () => undefined),
  [routes],
);

const json = { "content-type": "application/json" };
const post = (body: string) => app.request("/body", { method: "POST", headers: json, body });
const outcome = async (response: Response | Promise<Response>) => {
  const { status, code } = await (await response).clone().json();
  return `${status} ${code}`;
};

describe("an invalid value", () => {
  test("is refused with the fault its schema names", async () => {
    expect(await outcome(post("{}"))).toBe("400 IMAGE_URL_REQUIRED");
    expect(await outcome(post('{"name":"too long"}'))).toBe("400 USER_INPUT_TOO_LONG");
    expect(await outcome(app.request("/query?job_id=7"))).toBe("400 INVALID_JOB_ID");
    expect(await outcome(app.request("/query"))).toBe("400 INVALID_JOB_ID");
    expect(await outcome(app.request("/query?job_id=a&job_id=b"))).toBe("400 VALIDATION_FAILED");
  });

  test("is otherwise named by its path, at most ten of them, and never repeated", async () => {
    const response = await post(
      JSON.stringify({ name: "a", count: "hunter2", list: [{ id: "x" }, { id: 2 }] }),
    );
    expect(response.status).toBe(400);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({
      code: "VALIDATION_FAILED",
      errors: [{ path: "count" }, { path: "list.1.id" }],
    });
    expect(text).not.toContain("hunter2");
    const many = await post(JSON.stringify({ name: "a", list: Array(20).fill(0) }));
    expect((await many.json()).errors).toHaveLength(10);
  });

  test("cannot choose a code the table does not have", async () => {
    const named = new Hono<AppEnv>();
    const Odd = v.object({ name: v.string("constructor") });
    named.post("/", jsonBody(1_000), validate("json", Odd), (c) => c.text(""));
    const odd = createApp(
      createLogger("test", "error", () => undefined),
      [named],
    );
    const request = { method: "POST", headers: json, body: '{"name":1}' };
    expect(await outcome(odd.request("/", request))).toBe("400 VALIDATION_FAILED");
  });
});
