/**
 * Reads one event stream off a raw HTTP/1.1 connection: status line, chunked body, events. As little as
 * 10,000 of them in one process can afford, so bytes come as Latin-1 text: ids and times are ASCII.
 */
export class StreamReader {
  /** Of the answer; 0 until its head has come. */
  status = 0;
  retryMs = 1_000;
  #raw = "";
  #body = "";

  /**
   * @param onEvent gets each event's id and its `data:`, undecoded.
   * @throws Error when a body is not chunked as HTTP/1.1 has it.
   */
  push(text: string, onEvent: (id: number, data: string) => void): void {
    this.#raw += text;
    if (this.status === 0 && !this.#readHead()) return;
    while (this.#readChunk());
    for (;;) {
      const end = this.#body.indexOf("\n\n");
      if (end < 0) return;
      this.#readBlock(this.#body.slice(0, end), onEvent);
      this.#body = this.#body.slice(end + 2);
    }
  }

  #readHead(): boolean {
    const end = this.#raw.indexOf("\r\n\r\n");
    if (end < 0) return false;
    this.status = Number(this.#raw.slice(9, 12));
    this.#raw = this.#raw.slice(end + 4);
    return true;
  }

  #readChunk(): boolean {
    const lineEnd = this.#raw.indexOf("\r\n");
    if (lineEnd < 0) return false;
    const size = Number.parseInt(this.#raw, 16);
    if (Number.isNaN(size)) throw new Error("not a chunk");
    const end = lineEnd + 2 + size;
    if (this.#raw.length < end + 2) return false;
    this.#body += this.#raw.slice(lineEnd + 2, end);
    this.#raw = this.#raw.slice(end + 2);
    return size > 0;
  }

  #readBlock(block: string, onEvent: (id: number, data: string) => void): void {
    if (block.startsWith("retry: ")) this.retryMs = Number(block.slice(7));
    if (!block.startsWith("id: ")) return;
    const dataAt = block.indexOf("\ndata: ");
    onEvent(Number.parseInt(block.slice(4), 10), block.slice(dataAt + 7));
  }
}
