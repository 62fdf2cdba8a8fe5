import { expect, test } from "bun:test";
import { createSseReader, type SseEvent } from "./sse-reader.ts";

const event = (stage: string, seq: number, name = stage) =>
  `id: ${seq}\nevent: ${name}\ndata: {"job_id":"j","stage":"${stage}","status":"started",` +
  `"seq":${seq},"ts":${1_800_000_000_000 + seq},"progress":0,"result":{"ts":1,"name":"x"}}\n\n`;
const text = `retry: 1500\n\n${event("queued", 0)}:\n\n${event("vision", 10)}${event("done", 52, "failed")}`;
const expected: SseEvent[] = [
  { name: "queued", id: "0", ts: 1_800_000_000_000 },
  { name: "vision", id: "10", ts: 1_800_000_000_010 },
  { name: "failed", id: "52", ts: 1_800_000_000_052 },
];

function read(pieces: readonly string[]): SseEvent[] {
  const seen: SseEvent[] = [];
  const push = createSseReader((one) => seen.push(one));
  for (const piece of pieces) push(piece);
  return seen;
}

test("events are told with name, id and time; comments and retry lines are not events", () => {
  expect(read([text])).toEqual(expected);
});

test("cut anywhere the stream reads the same, each event once", () => {
  for (let at = 1; at < text.length; at++) {
    expect(read([text.slice(0, at), text.slice(at)])).toEqual(expected);
  }
  expect(read([...text])).toEqual(expected);
});

test("an event that is not complete is not told", () => {
  expect(read([text.slice(0, -1)])).toEqual(expected.slice(0, 2));
});
