/**
 * Reads off what is left of a request's body, and forgets it. A connection that is closed while the other
 * side still writes is reset: nginx then reports 502 in place of the answer, and a client sees no answer
 * at all.
 *
 * @returns false where the body is longer than `bytesMax`, still coming after `msMax`, or not coming for `quietMsMax`.
 */
export async function drainBody(
  body: ReadableStream<Uint8Array>,
  {
    // Any phone's photo and most of its videos; whoever sends more is not read to the end.
    bytesMax = 64 * 1024 * 1024,
    msMax = 30_000,
    // Longer than those wait who ask for leave to send in a way that Bun does not know.
    quietMsMax = 5_000,
  } = {},
): Promise<boolean> {
  const reader = body.getReader();
  const startedAt = performance.now();
  let isQuiet = false;
  const timer = setTimeout(() => {
    isQuiet = true;
    void reader.cancel().catch(() => undefined);
  }, quietMsMax);
  try {
    for (let bytes = 0; bytes <= bytesMax && performance.now() - startedAt < msMax; ) {
      const { done, value } = await reader.read();
      if (done) return !isQuiet;
      timer.refresh();
      bytes += value.byteLength;
    }
    return false;
  } catch {
    // The client has gone: nobody is left to be cut off.
    return true;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The pieces of a body, for a reader that may leave early: the rest is neither cancelled nor locked, so that the server
 * can read it off. A `for await` over the body itself cancels it, and `values` locks it before it is read.
 */
export async function* piecesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* body.values({ preventCancel: true });
}
