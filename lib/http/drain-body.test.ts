import { expect, test } from "bun:test";
import { drainBody, piecesOf } from "./drain-body.ts";

const bytesMax = 100;

/** Pieces of 30 bytes; after the last one it ends, stays open, or breaks. */
function bodyOf(pieces: number, then: "ends" | "stays open" | "breaks" = "ends") {
  const pulled = { count: 0, isCancelled: false };
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (pulled.count < pieces) {
        pulled.count++;
        controller.enqueue(new Uint8Array(30));
      } else if (then === "ends") controller.close();
      else if (then === "breaks") controller.error(new Error("connection lost"));
      else return new Promise(() => undefined);
    },
    cancel() {
      pulled.isCancelled = true;
    },
  });
  return { body, pulled };
}

test("a body is read to its end", async () => {
  for (const pieces of [0, 1, 3]) {
    const { body, pulled } = bodyOf(pieces);
    expect(await drainBody(body, { bytesMax })).toBe(true);
    expect(pulled.count).toBe(pieces);
  }
});

test("a body that is too long is read no further", async () => {
  const { body, pulled } = bodyOf(1_000);
  expect(await drainBody(body, { bytesMax })).toBe(false);
  expect(pulled.count).toBeLessThan(10);
});

test("a body that stops coming is given up", async () => {
  const { body, pulled } = bodyOf(1, "stays open");
  expect(await drainBody(body, { bytesMax, quietMsMax: 10 })).toBe(false);
  expect(pulled.isCancelled).toBe(true);
});

test("a body that comes drop by drop is given up in the end, and not before", async () => {
  let drops = 0;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await Bun.sleep(8);
      drops++;
      controller.enqueue(new Uint8Array(1));
    },
  });
  expect(await drainBody(body, { quietMsMax: 2_000, msMax: 60 })).toBe(false);
  expect(drops).toBeGreaterThan(1);
});

test("a body that is slow, but never quiet for too long, is read to its end", async () => {
  let drops = 0;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await Bun.sleep(40);
      if (++drops <= 10) controller.enqueue(new Uint8Array(1));
      else controller.close();
    },
  });
  expect(await drainBody(body, { quietMsMax: 250 })).toBe(true);
});

test("a client that has gone is nobody to wait for", async () => {
  expect(await drainBody(bodyOf(1, "breaks").body, { bytesMax })).toBe(true);
});

test("what a reader leaves, before its first piece or after, can still be read off", async () => {
  const untouched = bodyOf(3);
  await piecesOf(untouched.body).return(undefined);
  const left = bodyOf(3);
  for await (const _ of piecesOf(left.body)) break;
  for (const { body, pulled } of [untouched, left]) {
    expect([body.locked, pulled.isCancelled]).toEqual([false, false]);
    expect(await drainBody(body, { bytesMax })).toBe(true);
    expect(pulled.count).toBe(3);
  }
});
