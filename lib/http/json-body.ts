import type { MiddlewareHandler } from "hono";
import { Fault } from "#lib/error/fault.ts";
import { piecesOf } from "./drain-body.ts";
import { readBounded } from "./read-bounded.ts";

/**
 * Reads the body for a `validate("json", …)` behind it. Refuses what is longer than `bytesMax`, before and while it is
 * read, and what is compressed, no JSON by its type, or not in UTF-8: read as something else than it is, a question
 * would be garbled, and paid for.
 *
 * @param options.isOptional makes no body as good as an empty object, whatever its type says.
 */
export function jsonBody(bytesMax: number, { isOptional = false } = {}): MiddlewareHandler {
  return async function jsonBodyHandler(c, next) {
    const { headers } = c.req.raw;
    const bytes = await readBody(c.req.raw, bytesMax);
    const type = headers.get("content-type");
    // No body at all needs no type: the schema says whether it may be missing.
    if (type === null ? bytes.length > 0 : !JSON_TYPE.test(type)) {
      throw new Fault("CONTENT_TYPE_UNSUPPORTED");
    }
    refuseCompressed(headers);
    if (type !== null && charsetsOf(type).some((charset) => !UTF8.has(charset))) {
      throw new Fault("CHARSET_UNSUPPORTED");
    }
    const text = bytes.length === 0 && isOptional ? "{}" : decode(bytes);
    // Where Hono keeps what it has read of a body; a promise, whatever its type says.
    Object.assign(c.req.bodyCache, { text: Promise.resolve(text) });
    await next();
  };
}

/** @throws Fault `CONTENT_ENCODING_UNSUPPORTED` */
export function refuseCompressed(headers: Headers): void {
  const coding = headers.get("content-encoding")?.trim() ?? "";
  if (!/^(?:identity)?$/i.test(coding)) throw new Fault("CONTENT_ENCODING_UNSUPPORTED");
}

async function readBody(request: Request, bytesMax: number): Promise<Uint8Array> {
  // NaN where it is not declared, as in chunks, or said twice.
  const declared = Number(request.headers.get("content-length") ?? "chunked");
  if (declared > bytesMax) throw new Fault("BODY_TOO_LARGE");
  // The usual case, in which Bun makes no stream of it.
  if (declared <= bytesMax) return request.bytes().catch(cutOff);
  const { body } = request;
  if (body === null) return new Uint8Array();
  const { bytes, end } = await readBounded(piecesOf(body), bytesMax).catch(cutOff);
  if (end === "too large") throw new Fault("BODY_TOO_LARGE");
  return bytes;
}

/** A client that disconnects half-way has sent half a document; that is no defect. */
function cutOff(cause: unknown): never {
  throw new Fault("MALFORMED_JSON", { cause });
}

/** One type: two headers that Bun has joined by a comma are none. */
const JSON_TYPE =
  /^application\/(?:[\w.-]+\+)?json\s*(?:;\s*(?:[\w-]+=(?:[^\s",;]*|"[^"]*")\s*)?)*$/i;

const UTF8: ReadonlySet<string> = new Set(["utf-8", "utf8", "us-ascii"]);

function charsetsOf(type: string): string[] {
  return [...type.matchAll(/;\s*charset="?([^\s";]*)/gi)].map(([, one = ""]) => one.toLowerCase());
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Without the byte order mark that Windows writes. */
function decode(bytes: Uint8Array): string {
  // JSON begins with two characters of ASCII: a zero among their bytes is UTF-16 or UTF-32.
  if (bytes[0] === 0 || bytes[1] === 0) throw new Fault("CHARSET_UNSUPPORTED");
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new Fault("CHARSET_UNSUPPORTED", { cause });
  }
}
