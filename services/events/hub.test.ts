import { describe, expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import { isTerminal } from "#lib/scan/epoch.ts";
import { RevocationList } from "#lib/token/revocation-list.ts";
import { createRevokedCloser } from "./close-revoked.ts";
import { Hub } from "./hub.ts";
import { type Frame, Stream } from "./stream.ts";

const frame = (seq: number): Frame => ({
  seq,
  isEnd: isTerminal(seq),
  bytes: Uint8Array.of(seq),
});

const never = (): boolean => false;

/** A stream that is live already. */
function liveStream(jobId: string, { afterSeq = -1, isSlow = never } = {}) {
  const seqs: number[] = [];
  const sink = {
    write: (bytes: Uint8Array) => {
      if (!isSlow()) seqs.push(bytes[0] ?? -1);
      return !isSlow();
    },
    end: () => undefined,
  };
  const stream = new Stream(jobId, afterSeq, sink);
  stream.replay([]);
  return { stream, seqs };
}

describe("a hub", () => {
  test("sends to every stream of a job, and to none of another", () => {
    const hub = new Hub();
    const [one, two, other] = [liveStream("a"), liveStream("a"), liveStream("b")];
    for (const { stream } of [one, two, other]) hub.add(stream);
    hub.push("a", frame(10));
    hub.push("unknown", frame(11));
    expect([one.seqs, two.seqs, other.seqs]).toEqual([[10], [10], []]);
  });

  test("keeps nothing of streams that are gone, whatever made them go", () => {
    const hub = new Hub();
    let isSlow = false;
    const removed = liveStream("removed").stream;
    for (const stream of [
      removed,
      liveStream("ended").stream,
      liveStream("slow", { isSlow: () => isSlow }).stream,
      liveStream("silent", { isSlow: () => isSlow }).stream,
      liveStream("closed").stream,
    ]) {
      hub.add(stream);
    }
    expect(hub.size).toBe(5);
    hub.remove(removed);
    hub.remove(removed);
    expect([hub.size, hub.isWatched("removed")]).toEqual([4, false]);
    hub.push("ended", frame(51));
    expect([hub.size, hub.isWatched("ended")]).toEqual([3, false]);
    isSlow = true;
    hub.push("slow", frame(10));
    expect([hub.size, hub.isWatched("slow")]).toEqual([2, false]);
    hub.keepAlive();
    expect([hub.size, hub.isWatched("silent")]).toEqual([1, false]);
    hub.closeAll();
    expect([hub.size, hub.isWatched("closed")]).toEqual([0, false]);
  });

  test("a job is watched until its last stream is gone", () => {
    const hub = new Hub();
    const [one, two] = [liveStream("a").stream, liveStream("a").stream];
    hub.add(one);
    hub.add(two);
    hub.remove(one);
    expect(hub.isWatched("a")).toBe(true);
    hub.remove(two);
    expect(hub.isWatched("a")).toBe(false);
  });
});

describe("keeping alive by shares", () => {
  /** A live stream that counts its keep-alives. */
  function quietStream(jobId: string) {
    const seen = { times: 0 };
    const stream = new Stream(jobId, -1, { write: () => ++seen.times > 0, end: () => undefined });
    stream.replay([]);
    return { stream, seen };
  }

  test("serves everyone once a round, also several streams of one job", () => {
    const hub = new Hub();
    const all = ["a", "b", "b", "b", "c", "d", "e"].map(quietStream);
    for (const { stream } of all) hub.add(stream);
    for (let turn = 1; turn <= 7; turn++) {
      hub.keepAlive(7);
      expect(all.reduce((sum, { seen }) => sum + seen.times, 0)).toBe(turn);
    }
    expect(all.map(({ seen }) => seen.times)).toEqual([1, 1, 1, 1, 1, 1, 1]);
  });

  test("leaves no stream out while others open and close", () => {
    const hub = new Hub();
    const stays = quietStream("stays");
    hub.add(stays.stream);
    for (let round = 1; round <= 20; round++) {
      const passing = [quietStream(`x-${round}`), quietStream("stays"), quietStream(`y-${round}`)];
      for (const { stream } of passing) hub.add(stream);
      for (let turn = 0; turn < 4; turn++) hub.keepAlive(4);
      for (const { stream } of passing) hub.remove(stream);
    }
    // Two rounds at most lie between: a stream opened meanwhile was served as well.
    expect(stays.seen.times).toBeGreaterThanOrEqual(10);
    for (const { stream } of [stays]) hub.remove(stream);
    hub.keepAlive(4);
    expect([hub.size, hub.isWatched("stays")]).toEqual([0, false]);
  });
});

describe("of the calls for a round of keep-alives", () => {
  test.each([1, 2, 59, 60, 61, 119, 10_000])(
    "with %i streams open each stream gets exactly one, and no call has more than its share",
    (streams) => {
      const hub = new Hub();
      let sent = 0;
      const counts = Array.from({ length: streams }, () => 0);
      for (let i = 0; i < streams; i++) {
        const write = () => {
          counts[i] = (counts[i] ?? 0) + 1;
          return ++sent > 0;
        };
        const stream = new Stream(`job-${i}`, -1, { write, end: () => undefined });
        stream.replay([]);
        hub.add(stream);
      }
      for (let round = 1; round <= 3; round++) {
        for (let turn = 0; turn < 60; turn++) {
          const before = sent;
          hub.keepAlive(60);
          expect(sent - before).toBeWithin(Math.floor(streams / 60), Math.ceil(streams / 60) + 1);
        }
        expect(counts.every((count) => count === round)).toBe(true);
      }
    },
  );
});

describe("a revocation closes", () => {
  const streamOf = (jobId: string, userId: string, sessionId?: string) => {
    const caller = { userId, sessionId };
    const stream = new Stream(jobId, -1, { write: () => true, end: () => undefined }, caller);
    stream.replay([]);
    return stream;
  };

  test("the streams of a session or of a user, and no others", () => {
    const [hub, list] = [new Hub(), new RevocationList()];
    const closeRevoked = createRevokedCloser([hub], list);
    const [one, two, byName] = [
      streamOf("a", "ann", "s1"),
      streamOf("a", "ann", "s2"),
      streamOf("b", "ann"),
    ];
    const other = streamOf("b", "bob", "s3");
    for (const stream of [one, two, byName, other]) hub.add(stream);
    const open = () => [one, two, byName, other].map(({ isClosed }) => !isClosed);
    closeRevoked();
    expect(open()).toEqual([true, true, true, true]);
    list.add({ key: "sid:s1", expires_at: 1 });
    closeRevoked();
    expect(open()).toEqual([false, true, true, true]);
    list.add({ key: "sub:ann", expires_at: 1 });
    closeRevoked();
    expect([open(), hub.size]).toEqual([[false, false, false, true], 1]);
  });

  test("no stream when a token was replaced: its session goes on", () => {
    const [hub, list] = [new Hub(), new RevocationList()];
    const closeRevoked = createRevokedCloser([hub], list);
    hub.add(streamOf("a", "ann", "s1"));
    const before = list.version;
    list.add({ key: "jti:t1", expires_at: 1 });
    closeRevoked();
    expect([hub.size, list.version]).toEqual([1, before]);
  });
});

describe("a resync", () => {
  test("sends each stream what it missed, and older events pushed afterwards are not sent again", async () => {
    const hub = new Hub();
    const [fresh, resumed] = [liveStream("a"), liveStream("b", { afterSeq: 10 })];
    hub.add(fresh.stream);
    hub.add(resumed.stream);
    await hub.resync(async () => [frame(0), frame(10), frame(11)]);
    hub.push("a", frame(10));
    hub.push("a", frame(21));
    expect([fresh.seqs, resumed.seqs]).toEqual([[0, 10, 11, 21], [11]]);
  });

  test("resolves only when every job has been served: newer live events come after it", async () => {
    const hub = new Hub();
    const streams = Array.from({ length: 600 }, (_, i) => liveStream(`job-${i}`));
    for (const { stream } of streams) hub.add(stream);
    let atOnce = 0;
    let atOnceMax = 0;
    await hub.resync(async () => {
      atOnceMax = Math.max(atOnceMax, ++atOnce);
      await Promise.resolve();
      atOnce--;
      return [frame(10)];
    });
    expect(streams.filter(({ seqs }) => seqs.length === 1)).toHaveLength(600);
    expect(atOnceMax).toBeLessThanOrEqual(256);
  });

  test("that cannot read fails as a whole, so that it is tried again", async () => {
    const hub = new Hub();
    hub.add(liveStream("a").stream);
    const away = new Fault("UNAVAILABLE");
    expect(hub.resync(() => Promise.reject(away))).rejects.toBe(away);
    expect(hub.size).toBe(1);
  });

  test("closes the streams of a job that cannot be understood, and serves all others", async () => {
    const hub = new Hub();
    const [broken, fine] = [liveStream("broken"), liveStream("fine")];
    hub.add(broken.stream);
    hub.add(fine.stream);
    await hub.resync(async (jobId) => {
      if (jobId === "broken") throw new SyntaxError("not JSON");
      return [frame(10)];
    });
    expect([broken.stream.isClosed, fine.seqs, hub.size]).toEqual([true, [10], 1]);
  });
});
