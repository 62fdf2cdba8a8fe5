/** What a response consists of, as it comes in. */
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
export class ResponseReader {
  readonly #sink: ResponseSink;
  #text = "";
  #next: "head" | "body" | "chunk size" | "chunk" | "chunk end" | "last line" = "head";
  /** Bytes of the body, or of the chunk, still to come. */
  #bytesLeft = 0;

  constructor(sink: ResponseSink) {
    this.#sink = sink;
  }

  /** @param text one character a byte (latin1) */
  push(text: string): void {
    this.#text = this.#text === "" ? text : this.#text + text;
    while (this.#step());
  }

  /** False when more must come first. */
  #step(): boolean {
    switch (this.#next) {
      case "head":
        return this.#readHead();
      case "body":
      case "chunk":
        return this.#readBytes();
      case "chunk size": {
        const line = this.#take("\r\n");
        if (line === undefined) return false;
        this.#bytesLeft = Number.parseInt(line, 16);
        if (Number.isNaN(this.#bytesLeft)) throw new Error(`not a chunk size: ${line}`);
        this.#next = this.#bytesLeft === 0 ? "last line" : "chunk";
        return true;
      }
      case "chunk end":
        if (this.#take("\r\n") === undefined) return false;
        this.#next = "chunk size";
        return true;
      case "last line":
        return this.#take("\r\n") !== undefined && this.#end();
    }
  }

  #readHead(): boolean {
    const head = this.#take("\r\n\r\n");
    if (head === undefined) return false;
    const status = Number(head.slice("HTTP/1.1 ".length, "HTTP/1.1 200".length));
    if (!head.startsWith("HTTP/1.1 ") || Number.isNaN(status)) throw new Error("not a response");
    this.#sink.onHead(status, head);
    this.#bytesLeft = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    if (/\r\ntransfer-encoding: *chunked/i.test(head)) this.#next = "chunk size";
    else if (this.#bytesLeft > 0) this.#next = "body";
    else return this.#end();
    return true;
  }

  #readBytes(): boolean {
    if (this.#text === "") return false;
    const piece = this.#text.slice(0, this.#bytesLeft);
    this.#text = this.#text.slice(piece.length);
    this.#bytesLeft -= piece.length;
    this.#sink.onBody(piece);
    if (this.#bytesLeft > 0) return false;
    if (this.#next === "body") return this.#end();
    this.#next = "chunk end";
    return true;
  }

  #end(): true {
    this.#next = "head";
    this.#sink.onEnd();
    return true;
  }

  /** What comes before the mark, which is dropped; undefined while it has not come. */
  #take(mark: string): string | undefined {
    const at = this.#text.indexOf(mark);
    if (at < 0) return undefined;
    const taken = this.#text.slice(0, at);
    this.#text = this.#text.slice(at + mark.length);
    return taken;
  }
}
