import { describe, expect, test } from "bun:test";
import { epochOf } from "#lib/scan/epoch.ts";
import { type ScanEvent, scanEvent } from "#lib/scan/scan-event.ts";
import { STAGES, STATUSES } from "#lib/scan/stage.ts";
import { createRandom } from "#lib/testing/random.ts";
import { type Frame, type Sink, Stream, toFrame } from "./stream.ts";

const jobId = "019bd000-0000-7000-8000-000000000001";

/** The event of a seq, as the worker would emit it. */
function eventOf(seq: number, result: ScanEvent["result"] = null): ScanEvent {
  const stage = STAGES[Math.floor((seq % 100) / 10)] ?? "queued";
  const status = STATUSES[seq % 10] ?? "started";
  return scanEvent({ id: jobId, epoch: epochOf(seq) }, { stage, status, result }, 7);
}
const frames = (...seqs: number[]): Frame[] => seqs.map((seq) => toFrame(eventOf(seq)));

/** Keeps what it is given; takes at most `writesMax`. */
function recorder(writesMax = Number.POSITIVE_INFINITY) {
  const texts: string[] = [];
  const sink: Sink & { ended: number } = {
    ended: 0,
    write: (bytes) => {
      if (texts.length >= writesMax) return false;
      texts.push(new TextDecoder().decode(bytes));
      return true;
    },
    end: () => sink.ended++,
  };
  const seqs = () => texts.flatMap((text) => text.match(/^id: (\d+)/)?.[1] ?? []).map(Number);
  return { sink, texts, seqs };
}

function open(afterSeq = -1, writesMax?: number) {
  const { sink, texts, seqs } = recorder(writesMax);
  return { stream: new Stream(jobId, afterSeq, sink), sink, texts, seqs };
}
const pushAll = (stream: Stream, all: readonly Frame[]) => {
  for (const frame of all) stream.push(frame);
};

describe("a stream", () => {
  test("holds live events back until the replay log is sent", () => {
    const { stream, seqs } = open();
    pushAll(stream, frames(11, 21));
    expect(seqs()).toEqual([]);
    stream.replay(frames(0, 10, 11));
    expect(seqs()).toEqual([0, 10, 11, 21]);
    pushAll(stream, frames(30));
    expect(seqs()).toEqual([0, 10, 11, 21, 30]);
  });

  test("sends no event twice and none that the client has seen", () => {
    const { stream, seqs } = open(10);
    pushAll(stream, frames(11, 11));
    stream.replay(frames(0, 10, 11));
    pushAll(stream, frames(10, 11, 21, 21));
    expect(seqs()).toEqual([11, 21]);
  });

  test("ends with the terminal event, once, and is silent afterwards", () => {
    for (const end of [51, 52]) {
      const { stream, sink, seqs } = open();
      stream.replay(frames(0, 10, end));
      pushAll(stream, frames(100, 110));
      stream.keepAlive();
      stream.close();
      expect([seqs(), sink.ended, stream.isClosed]).toEqual([[0, 10, end], 1, true]);
    }
  });

  test("shows a redriven job from its first failure to its new end", () => {
    const { stream, sink, seqs } = open();
    pushAll(stream, frames(131));
    stream.replay(frames(0, 10, 12, 52, 130));
    expect([seqs(), sink.ended]).toEqual([[0, 10, 12, 52, 130, 131], 0]);
    pushAll(stream, frames(151));
    expect([seqs().at(-1), sink.ended]).toEqual([151, 1]);
    const late = open();
    late.stream.replay(frames(0, 10, 12, 52, 130, 131, 151));
    expect([late.seqs().length, late.sink.ended]).toEqual([7, 1]);
  });

  test("goes on with the next epoch when the client has seen the end of the last one", () => {
    const { stream, seqs } = open(52);
    stream.replay(frames(0, 10, 12, 52, 100, 110));
    expect([seqs(), stream.isClosed]).toEqual([[100, 110], false]);
  });

  test("whose client is too far behind is cut, not buffered", () => {
    const { stream, sink, seqs } = open(-1, 2);
    stream.replay(frames(0, 10, 11));
    pushAll(stream, frames(21));
    expect([seqs(), sink.ended, stream.isClosed]).toEqual([[0, 10], 1, true]);
  });

  test("is cut by a keep-alive that is not taken, and keeps alive with a comment", () => {
    const { stream, sink, texts } = open(-1, 1);
    stream.keepAlive();
    expect(texts).toEqual([":\n\n"]);
    stream.keepAlive();
    expect([sink.ended, stream.isClosed]).toEqual([1, true]);
  });

  test("that is closed while it catches up sends nothing more", () => {
    const { stream, seqs } = open();
    pushAll(stream, frames(10));
    stream.close();
    stream.replay(frames(0, 10));
    expect(seqs()).toEqual([]);
  });

  test("shows every event once and in order, however replay and live events interleave", () => {
    const all = [0, 10, 11, 21, 30, 31, 41, 51];
    for (let seed = 1; seed <= 3_000; seed++) {
      const random = createRandom(String(seed)).next;
      const below = (n: number) => Math.floor(random() * n);
      // The client has seen some, the live stream is at some point, and the replay log is read later.
      const seen = below(all.length);
      const { stream, seqs } = open(all[seen - 1] ?? -1);
      let delivered = below(all.length + 1);
      let emitted = delivered + below(all.length + 1 - delivered);
      let replayed = false;
      while (!replayed || delivered < all.length) {
        const turn = below(3);
        if (turn === 0 && emitted < all.length) emitted++;
        else if (turn === 1 && delivered < emitted) {
          stream.push(toFrame(eventOf(all[delivered++] ?? 0)));
          // A resync sends everything again, from the beginning.
          if (below(4) === 0) pushAll(stream, frames(...all.slice(0, emitted)));
        } else if (turn === 2 && !replayed) {
          stream.replay(frames(...all.slice(0, emitted)));
          replayed = true;
        }
      }
      expect([seed, ...seqs()]).toEqual([seed, ...all.slice(seen)]);
      expect(stream.isClosed).toBe(true);
    }
  });
});

describe("a frame", () => {
  const textOf = (event: ScanEvent) => new TextDecoder().decode(toFrame(event).bytes);

  test("carries the seq as id, the stage as event, the event as data on one line", () => {
    const event = eventOf(11, { text: "한\n줄\r" });
    expect(textOf(event)).toBe(`id: 11\nevent: vision\ndata: ${JSON.stringify(event)}\n\n`);
    expect(textOf(event).split(/\r|\n/)).toHaveLength(5);
  });

  test("of the failed end is named `failed`, and no other is", () => {
    expect(textOf(eventOf(52))).toContain("\nevent: failed\n");
    expect(textOf(eventOf(51))).toContain("\nevent: done\n");
    expect(textOf(eventOf(12))).toContain("\nevent: vision\n");
  });
});
