import { expect, test } from "bun:test";
import { EventSourceParserStream } from "eventsource-parser/stream";
import { createRandom, type Random } from "#lib/testing/random.ts";
import { readSse } from "./read-sse.ts";

const encoder = new TextEncoder();

function streamOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    start: (controller) => {
      for (const chunk of chunks) controller.enqueue(new Uint8Array(chunk));
      controller.close();
    },
  });
}

async function ours(chunks: readonly Uint8Array[]) {
  const retries: number[] = [];
  const messages = await Array.fromAsync(readSse(streamOf(chunks), (ms) => retries.push(ms)));
  return { retries, messages };
}

async function reference(chunks: readonly Uint8Array[]) {
  const retries: number[] = [];
  const parser = new EventSourceParserStream({ onRetry: (ms) => retries.push(ms) });
  const parsed = streamOf(chunks).pipeThrough(new TextDecoderStream()).pipeThrough(parser);
  const messages = await Array.fromAsync(parsed);
  return {
    retries,
    messages: messages.map(({ event = "message", data }) => ({ event, data })),
  };
}

const lines = [
  ...["data: 가나다🙂", "data:no space", "data:  two spaces", "data", "data:", "data: a:b: c"],
  ...["event: token", "event:", "event", "id: 7", "id", "id: 8\0", "retry: 1500", "retry: 1x"],
  ...[": a comment", ":", "", "", "", "unknown: field", " data: indented", "DATA: upper"],
];

function randomStream(random: Random): Uint8Array[] {
  const text = Array.from({ length: random.int(1, 30) }, () => {
    return `${random.pick(lines)}${random.pick(["\n", "\r\n", "\r"])}`;
  }).join("");
  const bytes = encoder.encode(text);
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + random.int(1, 9);
    chunks.push(bytes.slice(at, end));
    at = end;
  }
  return chunks;
}

test("500 random streams, cut anywhere, read as another parser reads them", async () => {
  const random = createRandom("sse");
  for (let n = 0; n < 500; n++) {
    const chunks = randomStream(random);
    const expected = await reference(chunks);
    const { retries, messages } = await ours(chunks);
    const named = messages.map(({ event, data }) => ({ event, data }));
    expect([n, { retries, messages: named }]).toEqual([n, expected]);
  }
});

test("an id holds until the next one, also one that came without data or with a NUL", async () => {
  const text =
    "data: 1\n\nid: 7\n\ndata: 2\n\nid: 8\0\ndata: 3\n\nid: 9\ndata: 4\n\nid\ndata: 5\n\n";
  const { messages } = await ours([encoder.encode(text)]);
  expect(messages.map(({ id }) => id)).toEqual(["", "7", "7", "9", ""]);
});

test("a byte order mark is no part of the first field, and a message without its blank line none", async () => {
  const chunks = [Uint8Array.of(0xef, 0xbb, 0xbf), encoder.encode("data: 1\n\ndata: 2\n")];
  expect((await ours(chunks)).messages).toEqual([{ event: "message", data: "1", id: "" }]);
});

test("the stream is cancelled when its reader stops", async () => {
  const cancelled = Promise.withResolvers<string>();
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode("data: 1\n\ndata: 2\n\n")),
    cancel: () => cancelled.resolve("cancelled"),
  });
  for await (const _ of readSse(body)) break;
  expect(await cancelled.promise).toBe("cancelled");
});
