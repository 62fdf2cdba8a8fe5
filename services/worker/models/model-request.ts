import type { Photo } from "./model.ts";

/**
 * A streamed request body. A model takes seconds, and thousands of calls are in flight at once, so a body
 * is held as briefly as possible: what all requests of a stage have in common is encoded once, a photo
 * becomes base64 as it is sent, and a sent body is released. It can be sent once only.
 */
export interface ModelRequest {
  readonly bytes: number;
  readonly body: ReadableStream<Uint8Array>;
}

/** Marks in a template what differs from request to request. */
export const PLACEHOLDER = "\0";

/**
 * @param template a request with `PLACEHOLDER` where a value belongs
 * @returns fills the placeholders in order: a string as it is, a photo as its data URL
 */
export function requestTemplate(
  template: unknown,
): (...values: readonly (string | Photo)[]) => ModelRequest {
  const pieces = JSON.stringify(template)
    .split(JSON.stringify(PLACEHOLDER))
    .map((piece) => Buffer.from(piece));
  return (...values) => {
    const parts = pieces.flatMap((piece, i) => [piece, ...encode(values[i])]);
    return { bytes: parts.reduce((sum, part) => sum + sizeOf(part), 0), body: sentOnce(parts) };
  };
}

/** Encoded only when the connection is there: base64 is a third larger than its bytes. */
interface DeferredBase64 {
  readonly base64Of: Uint8Array;
  readonly release: (() => void) | undefined;
}
type Part = Uint8Array | DeferredBase64;

const quote = Buffer.from('"');

function encode(value: string | Photo | undefined): Part[] {
  if (value === undefined) return [];
  if (typeof value === "string") return [Buffer.from(JSON.stringify(value))];
  const photoPart = { base64Of: value.bytes, release: value.release };
  return [Buffer.from(`"data:${value.mime};base64,`), photoPart, quote];
}

function sizeOf(part: Part): number {
  return "base64Of" in part ? Math.ceil(part.base64Of.length / 3) * 4 : part.length;
}

/**
 * A stream, because `fetch` holds a body until the reply is there, and a sent stream is empty. Bun's direct
 * stream writes to the socket without a copy; the DOM's types, used here, do not know it.
 */
function sentOnce(parts: readonly Part[]): ReadableStream<Uint8Array> {
  let unsent = parts;
  const source: object = {
    type: "direct",
    pull(connection) {
      for (const part of unsent) {
        if ("base64Of" in part) {
          connection.write(part.base64Of.toBase64());
          part.release?.();
        } else connection.write(part);
      }
      unsent = [];
      connection.close();
    },
  } satisfies Bun.DirectUnderlyingSource;
  return new ReadableStream(source);
}
