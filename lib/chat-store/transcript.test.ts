import { expect, test } from "bun:test";
import { answerBytesMax, tokenBytesMax } from "#lib/chat/chat-limits.ts";
import { createRandom } from "#lib/testing/random.ts";
import { Transcript } from "./transcript.ts";

const start = (bytes = 0, segment = 0) =>
  new Transcript("job", "run", { epoch: 0, segment, bytes }, () => 5_000);
const textsOf = (frames: string) =>
  [...frames.matchAll(/^data: (.*)$/gm)].map(([, json = ""]) => String(JSON.parse(json).text));

test("text that is cut anywhere comes together again, and no event has half a character", () => {
  const text = "라벨을 떼고 😀👨‍👩‍👧 버려요.\n".repeat(40);
  const random = createRandom("seed 3");
  const transcript = start();
  const events: string[] = [];
  for (let at = 0; at < text.length; ) {
    const next = at + 1 + Math.floor(random.next() * 90);
    transcript.write(text.slice(at, next));
    at = next;
    if (random.next() < 0.3) events.push(...textsOf(transcript.take()?.frames ?? ""));
  }
  events.push(...textsOf(transcript.take()?.frames ?? ""));
  expect(events.join("")).toBe(text);
  for (const one of events) {
    expect(one.isWellFormed()).toBe(true);
    expect(Buffer.byteLength(one)).toBeLessThanOrEqual(tokenBytesMax);
  }
});

test("what PostgreSQL cannot store is not shown either", () => {
  const transcript = start();
  transcript.write("a\u0000b\ud800c");
  expect(transcript.take()?.text.toString()).toBe("ab\ufffdc");
});

test("a replace begins a segment later than all before, by a snapshot", () => {
  const transcript = start(30, 2);
  transcript.write("더");
  transcript.replace("처음부터");
  const batch = transcript.take();
  expect(batch).toMatchObject({ begins: true, before: 0, after: { segment: 6, bytes: 12 } });
  expect(batch?.frames).toContain("event: snapshot");
  transcript.write("!");
  expect(transcript.take()?.frames).toContain("event: token");
});

test("an answer is bounded, and its last character is whole", () => {
  const transcript = start();
  transcript.write("가".repeat(answerBytesMax));
  const { text } = transcript.take() ?? {};
  expect(text?.length).toBeLessThanOrEqual(answerBytesMax);
  expect(text?.toString()).toMatch(/^가+$/);
  transcript.write("나");
  expect(transcript.take()).toBeUndefined();
});

test("a write after one that failed fails", () => {
  const transcript = start();
  transcript.failure = new Error("lost");
  expect(() => transcript.write("a")).toThrow("lost");
});
