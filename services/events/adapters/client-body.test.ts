import { describe, expect, test } from "bun:test";
import { isTerminal } from "#lib/scan/epoch.ts";
import { Hub } from "../hub.ts";
import { Stream } from "../stream.ts";
import { type BodyWriter, ClientBody } from "./client-body.ts";

const bytes = (length: number) => new Uint8Array(length);

/** A body of a live stream, and a connection that takes what it is given until it is `stuck`. */
function given() {
  const hub = new Hub();
  const calls: (number | string)[] = [];
  const given = {
    opening: bytes(1),
    onEnd: (isTaken: boolean) => calls.push(isTaken ? "taken" : "limit"),
  };
  const body = new ClientBody(hub, given, (sink) => {
    const stream = new Stream("job", -1, sink);
    stream.replay([]);
    hub.add(stream);
    return stream;
  });
  const connection = { stuck: undefined as PromiseWithResolvers<number> | undefined };
  const writer: BodyWriter = {
    write: ({ length }) => {
      calls.push(length);
      return connection.stuck?.promise ?? length;
    },
    end: () => calls.push("end"),
  };
  const push = (seq: number, length: number) =>
    hub.push("job", { seq, isEnd: isTerminal(seq), bytes: bytes(length) });
  return { hub, body, calls, connection, writer, push };
}

describe("a client's body", () => {
  test("keeps what is written before it is asked for, and sends it once, in order", () => {
    const { body, calls, writer, push } = given();
    push(0, 20);
    body.pull(writer);
    push(10, 30);
    // A reader in the same process asks again for every read.
    body.pull(writer);
    push(11, 40);
    expect(calls).toEqual([1, 20, 30, 40]);
  });

  test("that is over before it is asked for is sent, and ends", () => {
    const { hub, body, calls, writer, push } = given();
    push(51, 20);
    expect([hub.size, calls]).toEqual([0, ["limit"]]);
    body.pull(writer);
    expect(calls).toEqual(["limit", 1, 20, "taken", "end"]);
  });

  test("that is never asked for is closed: memory is bounded", () => {
    const { hub, calls, push } = given();
    for (let seq = 11; seq < 2_000 && hub.size > 0; seq += 100) push(seq, 16_384);
    expect([hub.size, calls]).toEqual([0, ["limit"]]);
  });

  test("has its time limit set before it ends: afterwards nothing could be set", () => {
    const { hub, body, calls, writer } = given();
    body.pull(writer);
    hub.closeAll();
    body.cancel();
    expect(calls).toEqual([1, "taken", "end"]);
  });

  test("has the time limit of one that is behind as long as something is not taken", () => {
    const late = given();
    late.connection.stuck = Promise.withResolvers();
    late.push(51, 20);
    late.body.pull(late.writer);
    expect(late.calls).toEqual(["limit", 1, 20, "limit", "end"]);
    const live = given();
    live.body.pull(live.writer);
    live.connection.stuck = Promise.withResolvers();
    live.push(51, 20);
    expect(live.calls).toEqual([1, 20, "limit", "end"]);
  });

  test("is cut when more than 64 KiB are not taken, and not at 64 KiB", () => {
    const { hub, body, connection, writer, push } = given();
    body.pull(writer);
    connection.stuck = Promise.withResolvers();
    push(11, 64 * 1024);
    expect(hub.size).toBe(1);
    push(111, 1);
    expect(hub.size).toBe(0);
  });

  test.each(["resolve", "reject"] as const)(
    "is behind anew after all was taken (%s)",
    async (settle) => {
      const { hub, body, connection, writer, push } = given();
      body.pull(writer);
      for (let seq = 11; seq < 1_000; seq += 100) {
        const stuck = Promise.withResolvers<number>();
        connection.stuck = stuck;
        push(seq, 40_000);
        stuck[settle](1);
        await stuck.promise.catch(() => undefined);
      }
      expect(hub.size).toBe(1);
    },
  );

  test("of a client that has gone writes nothing more and leaves nothing in the hub", () => {
    const { hub, body, calls, writer, push } = given();
    body.pull(writer);
    body.cancel();
    push(0, 20);
    body.cancel();
    expect([hub.size, calls]).toEqual([0, [1, "limit"]]);
  });
});
