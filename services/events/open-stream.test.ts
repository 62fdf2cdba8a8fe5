import { describe, expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import { type ScanEvent, type ScanStep, scanEvent } from "#lib/scan/scan-event.ts";
import type { StoredResult, StoredScan } from "#lib/scan/scan-result.ts";
import { Hub } from "./hub.ts";
import { type OpenStreamDeps, openStream, readFrames } from "./open-stream.ts";
import { toFrame } from "./stream.ts";

const jobId = "019bd000-0000-7000-8000-000000000001";
const event = (update: ScanStep, epoch = 0): ScanEvent =>
  scanEvent({ id: jobId, epoch }, update, 7);
const started = event({ stage: "vision", status: "started" });
const seen = event({ stage: "vision", status: "completed" });
const done = event({ stage: "done", status: "completed" });

const failure: StoredResult = {
  status: "failed",
  vision: null,
  answer: null,
  reward: null,
  error: { code: "IMAGE_EMPTY", message: "빈 파일이에요." },
};
const stored: StoredScan = { userId: "u", epoch: 1, finishedAt: new Date(9), result: failure };

function given(log: readonly ScanEvent[], overrides: Partial<OpenStreamDeps> = {}): OpenStreamDeps {
  const latest = log.at(-1);
  return {
    hub: new Hub(),
    follow: async () => undefined,
    state: async () => latest && { userId: "u", latest },
    replay: async () => log.map(toFrame),
    storedResult: async () => undefined,
    ...overrides,
  };
}

/** Opens a stream as the HTTP adapter does; undefined when the client has seen the end. */
async function follow(deps: OpenStreamDeps, { userId = "u", afterSeq = -1 } = {}) {
  const connect = await openStream(deps, { userId, jobId, afterSeq });
  if (!connect) return undefined;
  let text = "";
  const sink = {
    ended: false,
    write: (bytes: Uint8Array) => {
      text += new TextDecoder().decode(bytes);
      return true;
    },
    end: () => {
      sink.ended = true;
    },
  };
  const stream = connect(sink);
  // The replay is read in the background; the fakes answer within a turn of the event loop.
  await Bun.sleep(0);
  const seqs = () => [...text.matchAll(/^id: (\d+)$/gm)].map(([, seq]) => Number(seq));
  return { stream, sink, seqs, text: () => text };
}
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "resolved",
    (error) => error.code,
  );

describe("opening a stream", () => {
  test("of a running job replays past events, then sends live ones, in order", async () => {
    const deps = given([started, seen]);
    const client = await follow(deps);
    expect(client?.seqs()).toEqual([10, 11]);
    deps.hub.push(jobId, toFrame(done));
    expect([client?.seqs(), client?.sink.ended, deps.hub.size]).toEqual([[10, 11, 51], true, 0]);
  });

  test("is in the hub before the replay log is read: no event is missed", async () => {
    const deps = given([started]);
    const replay = async () => {
      deps.hub.push(jobId, toFrame(seen));
      return [toFrame(started)];
    };
    const client = await follow({ ...deps, replay });
    expect(client?.seqs()).toEqual([10, 11]);
  });

  test("resumes after the last event the client has seen", async () => {
    const client = await follow(given([started, seen]), { afterSeq: 10 });
    expect(client?.seqs()).toEqual([11]);
  });

  test("of a finished job replays and closes, and leaves nothing in the hub", async () => {
    const deps = given([started, seen, done]);
    const client = await follow(deps);
    expect([client?.seqs(), client?.sink.ended, deps.hub.size]).toEqual([[10, 11, 51], true, 0]);
  });

  test("is not opened for a client that has seen the end", async () => {
    expect(await follow(given([started, done]), { afterSeq: 51 })).toBeUndefined();
    const expired = given([], { storedResult: async () => stored });
    expect(await follow(expired, { afterSeq: 152 })).toBeUndefined();
  });

  test("still sends the end to a client that claims to have seen what has not happened", async () => {
    const deps = given([started, seen]);
    const client = await follow(deps, { afterSeq: 999_999 });
    deps.hub.push(jobId, toFrame(done));
    expect([client?.seqs(), client?.sink.ended, deps.hub.size]).toEqual([[51], true, 0]);
  });

  test("goes on after a failed end when the job was redriven", async () => {
    const failed = event({ stage: "done", status: "failed" });
    const again = event({ stage: "vision", status: "started" }, 1);
    const deps = given([started, failed, again]);
    const client = await follow(deps, { afterSeq: 52 });
    expect([client?.seqs(), client?.sink.ended]).toEqual([[110], false]);
    const late = event({ stage: "done", status: "completed" }, 1);
    deps.hub.push(jobId, toFrame(late));
    expect([client?.seqs(), client?.sink.ended]).toEqual([[110, 151], true]);
  });

  test("of a job whose log has expired sends its end from the stored result, and closes", async () => {
    const deps = given([], { storedResult: async () => stored });
    const client = await follow(deps);
    expect([client?.seqs(), client?.sink.ended, deps.hub.size]).toEqual([[152], true, 0]);
    expect(client?.text()).toContain("event: failed\n");
    expect(client?.text()).toContain('"code":"IMAGE_EMPTY"');
  });

  test("of a finished job whose log expires at this moment sends the stored end", async () => {
    const state = async () => ({ userId: "u", latest: done });
    const deps = given([], { state, storedResult: async () => ({ ...stored, epoch: 0 }) });
    const client = await follow(deps);
    expect([client?.seqs(), client?.sink.ended, deps.hub.size]).toEqual([[52], true, 0]);
  });

  test("of a finished job without a log or a result is closed all the same", async () => {
    const deps = given([], { state: async () => ({ userId: "u", latest: done }) });
    const client = await follow(deps);
    expect([client?.seqs(), client?.sink.ended, deps.hub.size]).toEqual([[], true, 0]);
  });

  test("whose replay cannot be read is closed: the client reconnects", async () => {
    const replay = () => Promise.reject(new Fault("UNAVAILABLE"));
    const deps = given([started], { replay });
    const client = await follow(deps);
    expect([client?.sink.ended, deps.hub.size]).toEqual([true, 0]);
  });

  test("of another user's job looks like an unknown one, running, finished or expired", async () => {
    const other = { userId: "other" };
    for (const deps of [
      given([started]),
      given([started, done]),
      given([], { storedResult: async () => stored }),
      given([]),
    ]) {
      expect(await codeOf(follow(deps, other))).toBe("JOB_NOT_FOUND");
      expect(deps.hub.size).toBe(0);
    }
    expect(await codeOf(follow(given([])))).toBe("JOB_NOT_FOUND");
  });
});

test("a job whose log is gone while it runs has no frames yet", async () => {
  expect(await readFrames(given([]), jobId)).toEqual([]);
});
