import { afterAll, expect, test } from "bun:test";
import { HttpConnection } from "./http-connection.ts";

/** Answers with what it got; a path of its own ends the connection in the middle of a stream. */
const connections = new Set<string>();
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  async fetch(request, bun) {
    connections.add(String(bun.requestIP(request)?.port));
    const { pathname } = new URL(request.url);
    if (pathname === "/stream") return new Response(pieces());
    if (pathname === "/last") return new Response("last", { headers: { connection: "close" } });
    const { method, headers } = request;
    const got = { method, user: headers.get("x-user-id"), key: headers.get("x-key") };
    return Response.json({ ...got, body: await request.text() }, { status: 202 });
  },
});
const breaking = Bun.listen({
  hostname: "127.0.0.1",
  port: 0,
  socket: {
    data: (socket) => {
      socket.end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    },
  },
});
afterAll(async () => {
  breaking.stop(true);
  await server.stop(true);
});

function pieces(): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async start(controller) {
      controller.enqueue(encoder.encode("one "));
      await Bun.sleep(1);
      controller.enqueue(encoder.encode("two"));
      controller.close();
    },
  });
}

function connect(origin = server.url.origin) {
  connections.clear();
  return new HttpConnection(origin, { "X-User-ID": "me" });
}

test("requests follow each other on one connection, with their headers and bodies", async () => {
  const user = connect();
  const post = { method: "POST", path: "/", headers: { "X-Key": "k" }, body: '{"a":1}' } as const;
  const first = await user.send(post);
  expect(first.status).toBe(202);
  expect(JSON.parse(first.body)).toEqual({ method: "POST", user: "me", key: "k", body: '{"a":1}' });
  const second = await user.send({ method: "GET", path: "/" });
  expect(JSON.parse(second.body)).toEqual({ method: "GET", user: "me", key: null, body: "" });
  expect(connections.size).toBe(1);
  user.close();
});

test("a stream is given away piece by piece, and the connection is used again after it", async () => {
  const user = connect();
  let pieces = "";
  const get = { method: "GET", path: "/stream" } as const;
  const answer = await user.send(get, (text) => {
    pieces += text;
  });
  expect([answer.status, answer.body, pieces]).toEqual([200, "", "one two"]);
  expect((await user.send({ method: "GET", path: "/" })).status).toBe(202);
  expect(connections.size).toBe(1);
  user.close();
});

test("a refusal is collected, not given away as a stream", async () => {
  const pieces: string[] = [];
  const user = connect();
  const answer = await user.send({ method: "GET", path: "/" }, (text) => pieces.push(text));
  expect([answer.status, pieces]).toEqual([202, []]);
  user.close();
});

test("a server that closes is connected to anew", async () => {
  const user = connect();
  expect((await user.send({ method: "GET", path: "/last" })).body).toBe("last");
  expect((await user.send({ method: "GET", path: "/last" })).body).toBe("last");
  expect(connections.size).toBe(2);
  user.close();
});

test("a connection that breaks in the middle is an error", async () => {
  const user = connect(`http://127.0.0.1:${breaking.port}`);
  let pieces = "";
  const sent = user.send({ method: "GET", path: "/" }, (text) => {
    pieces += text;
  });
  await expect(sent).rejects.toThrow("connection lost");
  expect(pieces).toBe("abc");
});

test("nobody listening is an error", async () => {
  const user = connect("http://127.0.0.1:1");
  await expect(user.send({ method: "GET", path: "/" })).rejects.toThrow();
});
