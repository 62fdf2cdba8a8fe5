import { describe, expect, test } from "bun:test";
import { createRandom } from "#lib/testing/random.ts";
import { chatEvent } from "./chat-event.ts";
import { type ChatLog, framesAfter } from "./chat-log.ts";
import { chatSeqOf, chatStepOf, isChatEnd, nextSegment, positionSeq } from "./chat-seq.ts";

const jobId = "019bd000-0000-7000-8000-000000000001";
const answer = "페트병은 라벨을 떼고 😀 눌러서 버려요. ".repeat(12);

/** The log of a job whose text has grown to `text`. */
function logOf(text: string, more: Partial<ChatLog> = {}): ChatLog {
  const { epoch = 0, segment = 0 } = more;
  const started = { stage: "answer", status: "started" } as const;
  const bytes = Buffer.from(text);
  const seq = positionSeq({ epoch, segment, bytes: bytes.length });
  const events = [chatEvent({ id: jobId, epoch }, started, 7)];
  return { jobId, userId: "u", seq, events, epoch, segment, text: bytes, ...more };
}

/** What a client shows that is given these frames after what it shows already. */
function show(shown: string, frames: readonly { readonly text: string }[]): string {
  return frames.reduce((text, frame) => {
    const [, name, data = "{}"] = /event: (\w+)\ndata: (.*)\n\n$/.exec(frame.text) ?? [];
    if (name === "snapshot") return JSON.parse(data).text;
    return name === "token" ? text + JSON.parse(data).text : text;
  }, shown);
}

describe("what a client still has to see", () => {
  test("is the rest of the text to the character, wherever it was cut and however long it is now", () => {
    const random = createRandom("seed 7");
    const bytes = Buffer.from(answer);
    for (let i = 0; i < 300; i++) {
      const at = [...answer].slice(0, Math.floor(random.next() * 200)).join("");
      const now = answer.slice(0, at.length + Math.floor(random.next() * 200));
      const seen = positionSeq({ epoch: 0, segment: 0, bytes: Buffer.byteLength(at) });
      const frames = framesAfter(logOf(now.toWellFormed() === now ? now : now.slice(0, -1)), seen);
      expect(show(at, frames)).toBe(now.toWellFormed() === now ? now : now.slice(0, -1));
      for (const { text } of frames) expect(text).not.toContain("snapshot");
    }
    expect(bytes.length).toBeGreaterThan(256);
  });

  test("is a snapshot where it joins late, is inside a character, or has text that is void", () => {
    const text = "가나다";
    for (const [log, seen] of [
      [logOf(text), -1],
      [logOf(text), positionSeq({ epoch: 0, segment: 0, bytes: 1 })],
      [logOf(text, { segment: 3 }), positionSeq({ epoch: 0, segment: 0, bytes: 900 })],
      [logOf(text, { epoch: 1 }), chatSeqOf(0, "done", "failed")],
      [logOf(text), 10 ** 14],
    ] as const) {
      const frames = framesAfter(log, seen);
      expect(show("void", frames)).toBe(text);
      expect(frames.at(-1)?.seq).toBe(log.seq);
    }
    const cleared = framesAfter(
      logOf("", { segment: 1 }),
      positionSeq({ epoch: 0, segment: 0, bytes: 9 }),
    );
    expect(show("void", cleared)).toBe("");
  });

  test("is all of the text as tokens where it has seen the stages before", () => {
    const frames = framesAfter(logOf(answer), chatSeqOf(0, "answer", "started"));
    expect(show("", frames)).toBe(answer);
    expect(frames.length).toBeGreaterThan(1);
    const seqs = frames.map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
  });
});

describe("seqs", () => {
  test("rise from stage to stage, over the text, to the end, and into the next epoch", () => {
    const all = [0, 1].flatMap((epoch) => [
      chatSeqOf(epoch, "queued", "started"),
      chatSeqOf(epoch, "intent", "started"),
      chatSeqOf(epoch, "intent", "completed"),
      chatSeqOf(epoch, "tools", "completed"),
      chatSeqOf(epoch, "answer", "started"),
      positionSeq({ epoch, segment: 0, bytes: 0 }),
      positionSeq({ epoch, segment: 0, bytes: 24 * 1_024 }),
      positionSeq({ epoch, segment: nextSegment(0, 9e12), bytes: 24 * 1_024 }),
      chatSeqOf(epoch, "answer", "completed"),
      chatSeqOf(epoch, "done", "completed"),
      chatSeqOf(epoch, "done", "failed"),
    ]);
    expect(all).toEqual(all.toSorted((a, b) => a - b));
    expect(new Set(all).size).toBe(all.length);
    expect(all.filter(isChatEnd)).toHaveLength(4);
    expect(chatStepOf(chatSeqOf(1, "answer", "completed"))).toEqual({
      stage: "answer",
      status: "completed",
    });
    expect(() => chatStepOf(positionSeq({ epoch: 0, segment: 0, bytes: 1 }))).toThrow(RangeError);
  });
});
