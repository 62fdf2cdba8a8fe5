import { describe, expect, test } from "bun:test";
import { HttpResponseReader } from "./http-response-reader.ts";

/** What the reader makes of these pieces; the pieces of each body put together. */
function read(pieces: readonly string[]): string[] {
  const seen: string[] = [];
  let body = "";
  const reader = new HttpResponseReader({
    onHead: (status) => seen.push(String(status)),
    onBody: (text) => {
      body += text;
    },
    onEnd: () => {
      seen.push(body);
      body = "";
    },
  });
  for (const piece of pieces) reader.push(piece);
  return seen;
}

const accepted = 'HTTP/1.1 202 Accepted\r\nContent-Length: 12\r\n\r\n{"job_id":1}';
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
const stream =
  "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n" +
  `${chunk("retry: 1\n\n")}${chunk("id: 0\ndata: a\r\nb, 20 characters\n\n")}0\r\n\r\n`;
const empty = "HTTP/1.1 204 No Content\r\ndate: x\r\n\r\n";
const all = accepted + stream + empty;
const expected = [
  ...["202", '{"job_id":1}'],
  ...["200", "retry: 1\n\nid: 0\ndata: a\r\nb, 20 characters\n\n"],
  ...["204", ""],
];

describe("responses on one connection are read alike", () => {
  test("in one piece", () => {
    expect(read([all])).toEqual(expected);
  });

  test("cut in two anywhere", () => {
    for (let at = 1; at < all.length; at++) {
      expect(read([all.slice(0, at), all.slice(at)])).toEqual(expected);
    }
  });

  test("byte by byte", () => {
    expect(read([...all])).toEqual(expected);
  });
});

test("a piece of a stream is given away when it comes, not when the stream ends", () => {
  expect(read([stream.slice(0, -1)])).toEqual(["200"]);
  const pieces: string[] = [];
  const onBody = (text: string) => void pieces.push(text);
  const reader = new HttpResponseReader({
    onHead: () => undefined,
    onBody,
    onEnd: () => undefined,
  });
  reader.push(stream.slice(0, stream.indexOf("20 characters")));
  expect(pieces.join("")).toBe("retry: 1\n\n");
});

test.each([
  ["what is no response", "SSH-2.0-OpenSSH\r\n\r\n"],
  ["a chunk without a size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n"],
])("%s is refused", (_, text) => {
  expect(() => read([text])).toThrow();
});
