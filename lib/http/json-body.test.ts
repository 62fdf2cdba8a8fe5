import { afterAll, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { Hono } from "hono";
import * as v from "valibot";
import { createLogger } from "#lib/log/logger.ts";
import { type AppEnv, createApp } from "./create-app.ts";
import { jsonBody } from "./json-body.ts";
import { validate } from "./validate.ts";

const bytesMax = 100;
const Body = v.object({ name: v.string(), count: v.optional(v.number()) });
const Optional = v.object({ size: v.optional(v.number(), 7) });

const routes = new Hono<AppEnv>();
routes.post("/body", jsonBody(bytesMax), validate("json", Body), (c) =>
  c.json(c.req.valid("json")),
);
routes.post(
  "/optional",
  jsonBody(bytesMax, { isOptional: true }),
  validate("json", Optional),
  (c) => c.json(c.req.valid("json")),
);
const app = createApp(
  createLogger("test", "error", () => undefined),
  [routes],
);

const json = { "content-type": "application/json" };
const post = (body: BodyInit | null, headers: Record<string, string> = json, path = "/body") =>
  app.request(path, { method: "POST", headers, body });
const outcome = async (response: Response | Promise<Response>) => {
  const { status, code } = await (await response).clone().json();
  return `${status} ${code}`;
};
const bytesOf = (text: string) => new TextEncoder().encode(text);
/** "커피" as Windows writes it in Korea. */
const cp949 = new Uint8Array([...bytesOf('{"name":"'), 0xc4, 0xbf, 0xc7, 0xc7, ...bytesOf('"}')]);
const utf16 = (text: string, mark = "\ufeff") =>
  new Uint8Array(Buffer.from(mark + text, "utf16le"));

describe("the type of a body", () => {
  test.each([
    "application/json",
    "application/json; charset=utf-8",
    'application/json ; charset="UTF-8"',
    "Application/JSON;charset=utf8;",
    "application/json; charset=us-ascii",
    'application/json; profile="https://x.example/a,b"; charset=utf-8',
    "application/problem+json",
    "application/vnd.eco2.v1+json",
  ])("is JSON as %s", async (type) => {
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
    "application/json, application/json",
    "application/json; charset=utf-8, text/plain",
  ])("is refused by name as %j", async (type) => {
    const response = await post('{"name":"a"}', { "content-type": type });
    expect(await outcome(response)).toBe("415 CONTENT_TYPE_UNSUPPORTED");
  });

  test("is needed where there is a body, and only there", async () => {
    expect(await outcome(post(bytesOf("{}"), {}, "/optional"))).toBe(
      "415 CONTENT_TYPE_UNSUPPORTED",
    );
    for (const headers of [{}, json]) {
      for (const none of [null, new Uint8Array(), pieces("", 1)]) {
        expect(await (await post(none, headers, "/optional")).json()).toEqual({ size: 7 });
      }
    }
    expect(await outcome(post(null, {}))).toBe("400 VALIDATION_FAILED");
    expect(await outcome(post("", json))).toBe("400 MALFORMED_JSON");
  });

  test("is read in no time, however odd it is", async () => {
    const startedAt = performance.now();
    for (const filling of ["; ", ";", "a=a;", "a= ", '"', "+json"]) {
      const type = `application/json${filling.repeat(8_000 / filling.length)}!`;
      expect(await outcome(post("{}", { "content-type": type }))).toStartWith("415 ");
    }
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});

describe("the text of a body", () => {
  test.each([
    ["a charset that is not UTF-8 by its name", cp949, "application/json; charset=euc-kr"],
    ["CP949 that does not say so", cp949, "application/json"],
    ["CP949 that is said to be UTF-8", cp949, "application/json; charset=utf-8"],
    ["UTF-8 of another name", bytesOf('{"name":"a"}'), "application/json; charset=iso-8859-1"],
    ["two charsets", bytesOf("{}"), "application/json; charset=utf-8; charset=euc-kr"],
    ["UTF-16", utf16('{"name":"a"}'), "application/json; charset=utf-16"],
    ["UTF-16 that does not say so", utf16('{"name":"a"}'), "application/json"],
    ["UTF-16 without a mark", utf16('{"name":"a"}', ""), "application/json"],
    ["UTF-16, the other way round", utf16('{"name":"a"}').toReversed(), "application/json"],
    ["half a character", bytesOf('{"name":"커').slice(0, -1), "application/json"],
    ["a surrogate", new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]), "application/json"],
  ])("is not guessed: %s", async (_, body, type) => {
    const refused = post(new Uint8Array(body), { "content-type": type });
    expect(await outcome(refused)).toBe("415 CHARSET_UNSUPPORTED");
  });

  test("may begin with the mark that Windows writes", async () => {
    const response = await post(bytesOf('\ufeff{"name":"커피"}'));
    expect(await response.json()).toEqual({ name: "커피" });
  });

  test.each([
    ["{"],
    ["nonsense"],
    [""],
    ['{"name":"a"} {"name":"b"}'],
    ["{'name':'a'}"],
    ["\ufeff\ufeff{}"],
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

describe("a compressed body", () => {
  const gzip = Bun.gzipSync(bytesOf('{"name":"a"}'));

  test.each(["gzip", "br", "deflate", "GZIP", "identity, gzip", "aws-chunked"])(
    "is refused by its coding %s, and told what is taken",
    async (coding) => {
      const response = await post(gzip, { ...json, "content-encoding": coding });
      expect(await outcome(response)).toBe("415 CONTENT_ENCODING_UNSUPPORTED");
      expect(response.headers.get("accept-encoding")).toBe("identity");
    },
  );

  test.each(["identity", "Identity", ""])("is none with the coding %j", async (coding) => {
    const response = await post('{"name":"a"}', { ...json, "content-encoding": coding });
    expect(response.status).toBe(200);
  });
});

describe("the length of a body", () => {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: app.fetch });
  afterAll(() => server.stop(true));
  const body = (bytes: number) => JSON.stringify({ name: "a", pad: "" }).padEnd(bytes);

  test("may be exactly the limit, declared or streamed", async () => {
    for (const stream of [body(bytesMax), pieces(body(bytesMax), 7)]) {
      const response = await fetch(new URL("/body", server.url), {
        method: "POST",
        headers: json,
        body: stream,
      });
      expect([response.status, await response.json()]).toEqual([200, { name: "a" }]);
    }
  });

  test("is refused as declared before a byte is read", async () => {
    // Nothing of the body is ever sent: only the header can have been looked at.
    const response = await raw([
      "POST /body HTTP/1.1",
      "host: x",
      "content-type: application/json",
      `content-length: ${bytesMax + 1}`,
    ]);
    expect(response).toContain("BODY_TOO_LARGE");
  });

  test("is refused as soon as a stream exceeds it, without waiting for its end", async () => {
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

  test("holds against one that is said twice, which Bun lets pass", async () => {
    const length = `content-length: ${bytesMax + 1}`;
    const head = ["POST /body HTTP/1.1", "host: x", "content-type: application/json"];
    expect(await raw([...head, length, length], body(bytesMax + 1))).toContain("BODY_TOO_LARGE");
  });

  test("holds against a false one", async () => {
    const head = ["POST /body HTTP/1.1", "host: x", "content-type: application/json"];
    const both = [...head, "content-length: 2", "transfer-encoding: chunked"];
    for (const lines of [both, [...head, "content-length: -1"], [...head, "content-length: x"]]) {
      expect(await raw(lines)).toStartWith("HTTP/1.1 400");
    }
  });

  /** Sends a head as it stands and resolves with what comes back first. */
  function raw(head: readonly string[], then = ""): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(server.port ?? 0, "127.0.0.1");
      socket.once("error", reject);
      socket.once("data", (data) => {
        socket.destroy();
        resolve(data.toString());
      });
      socket.write(`${head.join("\r\n")}\r\n\r\n${then}`);
    });
  }
});

function pieces(text: string, size: number): ReadableStream<Uint8Array> {
  const bytes = bytesOf(text);
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at < bytes.length) controller.enqueue(bytes.slice(at, at + size));
      at += size;
      if (at >= bytes.length) controller.close();
    },
  });
}
