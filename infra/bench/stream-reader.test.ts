import { expect, test } from "bun:test";
import { StreamReader } from "./stream-reader.ts";

const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
const answer =
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" +
  chunk("retry: 1234\n\n") +
  chunk('id: 0\nevent: queued\ndata: {"ts":7}\n\nid: 10\nevent: vision\nda') +
  chunk('ta: {"ts":8}\n\n:\n\n');

test("events are read the same wherever the connection cuts its bytes", () => {
  for (let size = 1; size <= answer.length; size++) {
    const reader = new StreamReader();
    const events: [number, string][] = [];
    for (let at = 0; at < answer.length; at += size) {
      reader.push(answer.slice(at, at + size), (id, data) => events.push([id, data]));
    }
    expect([reader.status, reader.retryMs, events]).toEqual([
      200,
      1_234,
      [
        [0, '{"ts":7}'],
        [10, '{"ts":8}'],
      ],
    ]);
  }
});
