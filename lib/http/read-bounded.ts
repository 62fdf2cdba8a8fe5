/**
 * Reads a body into memory, `bytesMax` bytes at most.
 *
 * Copies into one growing buffer: a sender of single bytes must not cost an object each. One that
 * is left early is cancelled.
 *
 * @param options.bytesExpected what to begin with, as a trusted part of `Content-Length`.
 * @param options.isEnough asked after each piece with all that has come; true ends the reading.
 */
export async function readBounded(
  body: AsyncIterable<Uint8Array> | null,
  bytesMax: number,
  { bytesExpected = 0, isEnough = never }: ReadOptions = {},
): Promise<BoundedBytes> {
  let buffer = new Uint8Array(bytesExpected);
  let size = 0;
  for await (const piece of body ?? []) {
    const needed = size + piece.length;
    if (needed > bytesMax) return { bytes: buffer.subarray(0, size), end: "too large" };
    if (needed > buffer.length) {
      const grown = new Uint8Array(Math.max(2 * size, needed));
      grown.set(buffer.subarray(0, size));
      buffer = grown;
    }
    buffer.set(piece, size);
    size = needed;
    if (isEnough(buffer.subarray(0, size)))
      return { bytes: buffer.subarray(0, size), end: "enough" };
  }
  return { bytes: buffer.subarray(0, size), end: "complete" };
}

/**
 * The body of a reply to `fetch`, as `readBounded`. A declared length is all that `fetch` takes, so a short
 * body is read without a stream, which costs more than its bytes.
 */
export async function readReply(reply: Response, bytesMax: number): Promise<BoundedBytes> {
  const { headers, body } = reply;
  const declared = headers.get("content-length") ?? "";
  const isShort = /^\d+$/.test(declared) && Number(declared) <= bytesMax;
  if (!isShort || headers.has("transfer-encoding")) return readBounded(body, bytesMax);
  return { bytes: await reply.bytes(), end: "complete" };
}

interface ReadOptions {
  readonly bytesExpected?: number;
  readonly isEnough?: (received: Uint8Array) => boolean;
}

/**
 * What was read until the end, until it was enough, or until the next piece would have been too
 * much.
 */
export interface BoundedBytes {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly end: "complete" | "enough" | "too large";
}

const never = () => false;
