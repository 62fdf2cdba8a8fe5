import { describe, expect, test } from "bun:test";
import { readResponse } from "./http-response-reader.ts";

/** What comes of a response in these pieces; undefined when the last one does not end it. */
function read(pieces: readonly string[], onBody?: (text: string) => void) {
  const reader = readResponse(onBody);
  reader.next("");
  const results = pieces.map((piece) => reader.next(piece));
  expect(results.slice(0, -1).map(({ done }) => done)).not.toContain(true);
  return results.at(-1)?.value;
}

const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
const events = ["retry: 1\n\n", "id: 0\ndata: a\r\nb, 20 characters\n\n"];
const stream =
  "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n" +
  `${events.map(chunk).join("")}0\r\n\r\n`;
const responses = [
  [
    "HTTP/1.1 202 Accepted\r\nContent-Length: 12\r\nConnection: close\r\n\r\n" + '{"job_id":1}',
    { status: 202, body: '{"job_id":1}', isLast: true },
  ],
  [stream, { status: 200, body: events.join(""), isLast: false }],
  ["HTTP/1.1 204 No Content\r\ndate: x\r\n\r\n", { status: 204, body: "", isLast: false }],
] as const;

describe.each(responses)("a response is read alike: %p", (text, response) => {
  test("in one piece", () => {
    expect(read([text])).toEqual(response);
  });

  test("cut in two anywhere", () => {
    for (let at = 1; at < text.length; at++) {
      expect(read([text.slice(0, at), text.slice(at)])).toEqual(response);
    }
  });

  test("byte by byte", () => {
    expect(read([...text])).toEqual(response);
  });
});

test("a piece of a stream is given away when it comes, not when the stream ends", () => {
  const pieces: string[] = [];
  const onBody = (text: string) => void pieces.push(text);
  expect(read([stream.slice(0, stream.indexOf("20 characters"))], onBody)).toBeUndefined();
  expect(pieces).toEqual(["retry: 1\n\n"]);
});

test.each([
  ["what is no response", "SSH-2.0-OpenSSH\r\n\r\n"],
  ["a chunk without a size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n"],
])("%s is refused", (_, text) => {
  expect(() => read([text])).toThrow();
});
