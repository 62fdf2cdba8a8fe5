import { afterAll, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { Hono } from "hono";
import * as v from "valibot";
import { createLogger } from "#lib/log/logger.ts";
import { type AppEnv, createApp } from "./create-app.ts";
import { limitBody, validate } from "./validate.ts";

const bytesMax = 100;
const Body = v.object(
  {
    name: v.pipe(v.string("IMAGE_URL_REQUIRED"), v.maxLength(5, "USER_INPUT_TOO_LONG")),
    count: v.optional(v.number()),
    list: v.optional(v.array(v.object({ id: v.string() }))),
  },
  // A key that is missing is the object's issue, not its own.
  "IMAGE_URL_REQUIRED",
);
const Optional = v.object({ size: v.optional(v.number(), 7) });
const Query = v.object({ job_id: v.pipe(v.string(), v.uuid("INVALID_JOB_ID")) }, "INVALID_JOB_ID");

const routes = new Hono<AppEnv>();
routes.post("/body", limitBody(bytesMax), validate("json", Body), (c) =>
  c.json(c.req.valid("json")),
);
routes.post("/optional", validate("json", Optional), (c) => c.json(c.req.valid("json")));
routes.get("/query", validate("query", Query), (c) => c.json(c.req.valid("query")));
const app = createApp(
  createLogger("test", "error", () => undefined),
  [routes],
);

const json = { "content-type": "application/json" };
const post = (body: BodyInit, headers: Record<string, string> = json, path = "/body") =>
  app.request(path, { method: "POST", headers, body });
const outcome = async (response: Response | Promise<Response>) => {
  const { status, code } = await (await response).clone().json();
  return `${status} ${code}`;
};

describe("a JSON body", () => {
  test.each([
    "application/json",
    "application/json; charset=utf-8",
    "Application/JSON;charset=utf-8",
    "application/problem+json",
    "application/vnd.eco2.v1+json",
  ])("is read as %s", async (type) => {
    const response = await post('{"name":"a"}', { "content-type": type });
    expect([response.status, await response.json()]).toEqual([200, { name: "a" }]);
  });

  test.each([
    "text/plain",
    "text/plain; application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/jsonp",
    "text/json",
    "",
  ])("is refused by name as %j", async (type) => {
    const response = await post('{"name":"a"}', { "content-type": type });
    expect(await outcome(response)).toBe("415 CONTENT_TYPE_UNSUPPORTED");
  });

  test("is refused without a type, and a request without a body needs none", async () => {
    const untyped = (body: Uint8Array<ArrayBuffer> | null) =>
      app.request("/optional", { method: "POST", body });
    expect(await outcome(untyped(new TextEncoder().encode("{}")))).toBe(
      "415 CONTENT_TYPE_UNSUPPORTED",
    );
    expect(await (await untyped(null)).json()).toEqual({ size: 7 });
  });

  test.each([
    ["{"],
    ["nonsense"],
    [""],
    ['{"name":"a"} {"name":"b"}'],
    ["{'name':'a'}"],
    ["\u0000"],
  ])("that is no JSON is MALFORMED_JSON: %j", async (text) => {
    expect(await outcome(post(text))).toBe("400 MALFORMED_JSON");
  });

  test.each(["null", "[]", '"text"', "7", '{"name":null}', "{}"])(
    "of another shape is refused: %s",
    async (text) => expect(await outcome(post(text))).toStartWith("400 "),
  );

  test("keeps only members of the schema, and no prototype", async () => {
    const response = await post('{"name":"a","admin":true,"__proto__":{"count":1}}');
    expect(await response.json()).toEqual({ name: "a" });
  });
});

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
    named.post("/", validate("json", Odd), (c) => c.text(""));
    const odd = createApp(
      createLogger("test", "error", () => undefined),
      [named],
    );
    const request = { method: "POST", headers: json, body: '{"name":1}' };
    expect(await outcome(odd.request("/", request))).toBe("400 VALIDATION_FAILED");
  });
});

describe("limitBody", () => {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: app.fetch });
  afterAll(() => server.stop(true));
  const body = (bytes: number) => JSON.stringify({ name: "a", pad: "" }).padEnd(bytes);

  test("lets a body of exactly its limit pass, whole, declared or streamed", async () => {
    for (const stream of [body(bytesMax), pieces(body(bytesMax), 7)]) {
      const response = await fetch(new URL("/body", server.url), {
        method: "POST",
        headers: json,
        body: stream,
      });
      expect([response.status, await response.json()]).toEqual([200, { name: "a" }]);
    }
  });

  test("refuses a declared length before reading a byte", async () => {
    // Nothing of the body is ever sent: only the header can have been looked at.
    const response = await raw([
      "POST /body HTTP/1.1",
      "host: x",
      "content-type: application/json",
      `content-length: ${bytesMax + 1}`,
    ]);
    expect(response).toContain("BODY_TOO_LARGE");
  });

  test("refuses a stream as soon as it exceeds the limit, without waiting for its end", async () => {
    const pulled: number[] = [];
    const long = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        controller.enqueue(new Uint8Array(60));
        if (pulled.push(60) === 1_000) controller.close();
      },
    });
    const request = { method: "POST", headers: json, body: long };
    expect(await outcome(app.request("/body", request))).toBe("413 BODY_TOO_LARGE");
    expect(pulled.length).toBeLessThan(5);
    const chunked = await fetch(new URL("/body", server.url), {
      method: "POST",
      headers: json,
      body: pieces(body(bytesMax + 1), 20),
    });
    expect(await outcome(chunked)).toBe("413 BODY_TOO_LARGE");
  });

  test("holds its limit against a false length", async () => {
    const head = ["POST /body HTTP/1.1", "host: x", "content-type: application/json"];
    const both = [...head, "content-length: 2", "transfer-encoding: chunked"];
    for (const lines of [both, [...head, "content-length: -1"], [...head, "content-length: x"]]) {
      expect(await raw(lines)).toStartWith("HTTP/1.1 400");
    }
  });

  /** Sends a head as it stands and resolves with what comes back first. */
  function raw(head: readonly string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(server.port ?? 0, "127.0.0.1");
      socket.once("error", reject);
      socket.once("data", (data) => {
        socket.destroy();
        resolve(data.toString());
      });
      socket.write(`${head.join("\r\n")}\r\n\r\n`);
    });
  }
});

function pieces(text: string, size: number): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      controller.enqueue(bytes.slice(at, at + size));
      at += size;
      if (at >= bytes.length) controller.close();
    },
  });
}
