import { expect, test } from "bun:test";
import { readBounded, readReply } from "./read-bounded.ts";

/** A body of the given pieces, which knows what was asked of it. */
function bodyOf(...pieces: string[]) {
  const seen = { pulled: 0, cancelled: false };
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const piece = pieces[seen.pulled++];
        if (piece === undefined) controller.close();
        else controller.enqueue(new TextEncoder().encode(piece));
      },
      cancel() {
        seen.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { body, seen };
}

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

test("a body of exactly the limit is complete, whatever its pieces and what was expected", async () => {
  for (const bytesExpected of [0, 2, 100]) {
    const { bytes, end } = await readBounded(bodyOf("ab", "", "c", "def").body, 6, {
      bytesExpected,
    });
    expect([textOf(bytes), end]).toEqual(["abcdef", "complete"]);
  }
  expect(await readBounded(null, 6)).toEqual({ bytes: new Uint8Array(), end: "complete" });
});

test("a byte more is too large: nothing further is read, and the sender is told", async () => {
  const { body, seen } = bodyOf("abc", "defg", "h", "i");
  const { bytes, end } = await readBounded(body, 6);
  expect([textOf(bytes), end, seen]).toEqual(["abc", "too large", { pulled: 2, cancelled: true }]);
});

test("what is enough ends the reading", async () => {
  const { body, seen } = bodyOf("abc", "def", "ghi");
  const isEnough = (received: Uint8Array) => textOf(received).endsWith("def");
  const { bytes, end } = await readBounded(body, 100, { isEnough });
  expect([textOf(bytes), end, seen]).toEqual(["abcdef", "enough", { pulled: 2, cancelled: true }]);
});

test.each([
  ["of declared length", "content-length: 6\r\n\r\nabcdef", "abcdef"],
  ["with more than it declared", "content-length: 3\r\n\r\nabcdefghijkl", "abc"],
  ["in chunks", "transfer-encoding: chunked\r\n\r\n2\r\nab\r\n4\r\ncdef\r\n0\r\n\r\n", "abcdef"],
  ["without a length", "connection: close\r\n\r\nabcdef", "abcdef"],
  ["of too great a length", "content-length: 7\r\n\r\nabcdefg", "too large"],
  [
    "in chunks, too large",
    "transfer-encoding: chunked\r\n\r\n7\r\nabcdefg\r\n0\r\n\r\n",
    "too large",
  ],
  ["without a length, too large", "connection: close\r\n\r\nabcdefg", "too large"],
  [
    "in chunks, declared shorter",
    "content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n7\r\nabcdefg\r\n0\r\n\r\n",
    "too large",
  ],
])("a reply %s keeps to the limit", async (_, head, said) => {
  using server = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: { data: (socket) => void socket.end(`HTTP/1.1 200 OK\r\n${head}`) },
  });
  const reply = await fetch(`http://127.0.0.1:${server.port}/`);
  const { bytes, end } = await readReply(reply, 6);
  expect(end === "complete" ? textOf(bytes) : end).toBe(said);
});
