import { Fault } from "#lib/error/fault.ts";

/** With its thoughts and the frame of each chunk. */
const replyBytesMax = 8 * 1024 * 1024;

/** The end of a stream of events. */
export const DONE = Symbol("[DONE]");

/**
 * The chunks of a reply: of a stream of events one a line, of any other reply the whole. A line that is no JSON
 * belongs to the next one.
 */
export class ChunkReader {
  readonly #decoder = new TextDecoder();
  #line = "";
  #rest = "";
  #bytes = 0;

  push(piece: Uint8Array): unknown[] {
    this.#bytes += piece.length;
    if (this.#bytes > replyBytesMax) {
      throw new Fault("MODEL_OUTPUT_INVALID", { cause: new Error("the reply does not end") });
    }
    const text = this.#line + this.#decoder.decode(piece, { stream: true });
    const lines = text.includes("\r") ? text.split(/\r\n|\n|\r(?!$)/) : text.split("\n");
    this.#line = lines.pop() ?? "";
    const chunks: unknown[] = [];
    for (const line of lines) {
      if (line === "") continue;
      const chunk = chunkIn(line, this.#rest);
      this.#rest = chunk === undefined ? this.#rest + dataOf(line) : "";
      if (chunk !== undefined) chunks.push(chunk);
    }
    return chunks;
  }

  end(): unknown[] {
    const last = chunkIn(this.#line, this.#rest) ?? parse(this.#rest);
    if (last !== undefined) return [last];
    const left = this.#rest + this.#line;
    return left.trim() ? [{ error: left.slice(0, 2_000) }] : [];
  }
}

/** Undefined for what is no chunk, such as a comment, the name of an event, or a part of one. */
function chunkIn(line: string, before: string): unknown {
  const data = dataOf(line);
  if (!data) return undefined;
  if (data === "[DONE]") return DONE;
  return parse(data) ?? (before ? parse(before + data) : undefined);
}

/** Without the field's name, which a reply that is no stream of events has not. */
function dataOf(line: string): string {
  if (line.startsWith("data:")) return line.slice(5).trim();
  return /^(?::|event:|id:|retry:)/.test(line) ? "" : line.trim();
}

function parse(text: string): object | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
