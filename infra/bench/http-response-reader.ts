export interface HttpResponse {
  readonly status: number;
  /** One character a byte; empty where the body was given away piece by piece. */
  readonly body: string;
}

/**
 * Reads one HTTP/1.1 response that comes in pieces, cut anywhere: `next` takes the first piece after a
 * call without one, and is done with the last. As little of the protocol as a load generator needs:
 * content-length and chunked bodies, no trailers, no 1xx. Text is one character a byte (latin1).
 *
 * @param onBody gets each piece of a 200's body as it comes, instead of its being collected.
 * @throws Error when it is no response.
 */
export function* readResponse(
  onBody?: (text: string) => void,
): Generator<undefined, HttpResponse & { readonly isLast: boolean }, string> {
  let text = yield;
  const indexOf = function* (mark: string): Generator<undefined, number, string> {
    while (!text.includes(mark)) text += yield;
    return text.indexOf(mark);
  };
  /** So many characters; the mark behind them is dropped. */
  const take = function* (length: number, mark = ""): Generator<undefined, string, string> {
    while (text.length < length + mark.length) text += yield;
    const taken = text.slice(0, length);
    text = text.slice(length + mark.length);
    return taken;
  };
  const head = yield* take(yield* indexOf("\r\n\r\n"), "\r\n\r\n");
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]);
  if (Number.isNaN(status)) throw new Error("not a response");
  let body = "";
  const give = (piece: string): void => {
    if (onBody && status === 200) onBody(piece);
    else body += piece;
  };
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) {
    let size: number;
    do {
      size = Number.parseInt(yield* take(yield* indexOf("\r\n"), "\r\n"), 16);
      if (Number.isNaN(size)) throw new Error("not a chunk");
      give(yield* take(size, "\r\n"));
    } while (size > 0);
  } else {
    give(yield* take(Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0)));
  }
  return { status, body, isLast: /\r\nconnection: *close/i.test(head) };
}
