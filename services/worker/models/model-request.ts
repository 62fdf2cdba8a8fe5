import type { Photo } from "./model.ts";

/**
 * A request body made to be held briefly: a model takes seconds, and thousands of calls are under way at
 * once. What every request of a stage has in common is encoded once; a photo becomes base64 as it is
 * sent, and once sent nothing of the body is left. It can be sent once only.
 */
export interface ModelRequest {
  readonly bytes: number;
  readonly body: ReadableStream<Uint8Array>;
}

/** Stands in a template for what differs from request to request. */
export const BLANK = "\0";

/**
 * @param template a request with `BLANK` where a value belongs
 * @returns fills the blanks in order: a string as it is, a photo as its data URL
 */
export function requestTemplate(
  template: unknown,
): (...values: readonly (string | Photo)[]) => ModelRequest {
  const pieces = JSON.stringify(template)
    .split(JSON.stringify(BLANK))
    .map((piece) => Buffer.from(piece));
  return (...values) => {
    const parts = pieces.flatMap((piece, i) => [piece, ...encode(values[i])]);
    return { bytes: parts.reduce((sum, part) => sum + sizeOf(part), 0), body: sentOnce(parts) };
  };
}

/** Base64 comes a third larger than what it encodes: it waits for the connection to be there. */
interface LaterBase64 {
  readonly base64Of: Uint8Array;
}
type Part = Uint8Array | LaterBase64;

const quote = Buffer.from('"');

function encode(value: string | Photo | undefined): Part[] {
  if (value === undefined) return [];
  if (typeof value === "string") return [Buffer.from(JSON.stringify(value))];
  return [Buffer.from(`"data:${value.mime};base64,`), { base64Of: value.bytes }, quote];
}

function sizeOf(part: Part): number {
  return "base64Of" in part ? Math.ceil(part.base64Of.length / 3) * 4 : part.length;
}

/**
 * `fetch` holds on to a body until the answer is there; of a stream it is the empty shell. Bun's direct
 * stream goes to the socket without a copy in between; the DOM's types, used here, do not know it.
 */
function sentOnce(parts: readonly Part[]): ReadableStream<Uint8Array> {
  let unsent = parts;
  const source: object = {
    type: "direct",
    pull(connection) {
      for (const part of unsent) {
        connection.write("base64Of" in part ? part.base64Of.toBase64() : part);
      }
      unsent = [];
      connection.close();
    },
  } satisfies Bun.DirectUnderlyingSource;
  return new ReadableStream(source);
}
