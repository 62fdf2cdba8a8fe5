/** Where the parts of a response go as they come in. */
export interface ResponseSink {
  onHead(status: number, head: string): void;
  /** A piece of the body, without its transfer coding; one character a byte. */
  onBody(text: string): void;
  onEnd(): void;
}

/**
 * Reads HTTP/1.1 responses that follow each other on one connection, cut into pieces anywhere. As little
 * of the protocol as a load generator needs: content-length and chunked bodies, no trailers, no 1xx.
 */
export class HttpResponseReader {
  readonly #sink: ResponseSink;
  #text = "";
  /** What comes next; of a body, the bytes it has in all. */
  #next: "head" | "chunk" | number = "head";

  constructor(sink: ResponseSink) {
    this.#sink = sink;
  }

  /**
   * @param text one character a byte (latin1).
   * @throws Error when it is no response.
   */
  push(text: string): void {
    this.#text = this.#text === "" ? text : this.#text + text;
    while (this.#text !== "" && this.#read());
  }

  /** False when more must come first. */
  #read(): boolean {
    if (this.#next === "head") return this.#readHead();
    if (this.#next === "chunk") return this.#readChunk();
    if (this.#text.length < this.#next) return false;
    this.#sink.onBody(this.#take(this.#next));
    return this.#end();
  }

  #readHead(): boolean {
    const length = this.#text.indexOf("\r\n\r\n");
    if (length < 0) return false;
    const head = this.#take(length, 4);
    const status = Number(head.slice("HTTP/1.1 ".length, "HTTP/1.1 200".length));
    if (!head.startsWith("HTTP/1.1 ") || Number.isNaN(status)) throw new Error("not a response");
    this.#sink.onHead(status, head);
    const isChunked = /\r\ntransfer-encoding: *chunked/i.test(head);
    this.#next = isChunked ? "chunk" : Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    return this.#next === 0 ? this.#end() : true;
  }

  #readChunk(): boolean {
    const lineEnd = this.#text.indexOf("\r\n");
    if (lineEnd < 0) return false;
    const size = Number.parseInt(this.#text, 16);
    if (Number.isNaN(size)) throw new Error("not a chunk");
    const [start, end] = [lineEnd + 2, lineEnd + 2 + size];
    if (this.#text.length < end + 2) return false;
    const piece = this.#text.slice(start, end);
    this.#text = this.#text.slice(end + 2);
    if (size === 0) return this.#end();
    this.#sink.onBody(piece);
    return true;
  }

  #end(): true {
    this.#next = "head";
    this.#sink.onEnd();
    return true;
  }

  /** So many characters; those of the mark behind them are dropped. */
  #take(length: number, mark = 0): string {
    const taken = this.#text.slice(0, length);
    this.#text = this.#text.slice(length + mark);
    return taken;
  }
}
