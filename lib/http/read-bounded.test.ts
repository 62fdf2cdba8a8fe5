import { expect, test } from "bun:test";
import { readBounded } from "./read-bounded.ts";

/** A body of the given pieces, which knows what was asked of it. */
function bodyOf(...pieces: string[]) {
  const seen = { pulled: 0, cancelled: false };
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const piece = pieces[seen.pulled++];
        if (piece === undefined) controller.close();
        else controller.enqueue(new TextEncoder().encode(piece));
      },
      cancel() {
        seen.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { body, seen };
}

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

test("a body of exactly the limit is complete, whatever its pieces and what was expected", async () => {
  for (const bytesExpected of [0, 2, 100]) {
    const { bytes, end } = await readBounded(bodyOf("ab", "", "c", "def").body, 6, {
      bytesExpected,
    });
    expect([textOf(bytes), end]).toEqual(["abcdef", "complete"]);
  }
  expect(await readBounded(null, 6)).toEqual({ bytes: new Uint8Array(), end: "complete" });
});

test("a byte more is too large: nothing further is read, and the sender is told", async () => {
  const { body, seen } = bodyOf("abc", "defg", "h", "i");
  const { bytes, end } = await readBounded(body, 6);
  expect([textOf(bytes), end, seen]).toEqual(["abc", "too large", { pulled: 2, cancelled: true }]);
});

test("what is enough ends the reading", async () => {
  const { body, seen } = bodyOf("abc", "def", "ghi");
  const isEnough = (received: Uint8Array) => textOf(received).endsWith("def");
  const { bytes, end } = await readBounded(body, 100, { isEnough });
  expect([textOf(bytes), end, seen]).toEqual(["abcdef", "enough", { pulled: 2, cancelled: true }]);
});
