/** One message of an event stream. */
export interface SseMessage {
  /** `message` where the stream names none. */
  readonly event: string;
  readonly data: string;
  /** The newest id the stream has set, by this message or one before it. */
  readonly id: string;
}

/**
 * Splits an event stream into its messages, as the HTML standard says
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation). Own code, since the
 * client may have no more packages than it has; the tests compare it with one that browsers' polyfills use.
 *
 * @param onRetry is told the milliseconds of a `retry:` line
 * @param onBytes is called whenever something comes, be it a comment
 */
export async function* readSse(
  body: ReadableStream<Uint8Array>,
  onRetry: (ms: number) => void = () => undefined,
  onBytes: () => void = () => undefined,
): AsyncGenerator<SseMessage> {
  const reader = body.getReader();
  // The decoder drops a byte order mark.
  const decoder = new TextDecoder();
  const take = createLineReader(onRetry);
  let rest = "";
  let isAfterCr = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      // What no blank line has ended is not a message.
      if (done) return;
      onBytes();
      let text = decoder.decode(value, { stream: true });
      if (text === "") continue;
      // The second half of a CR LF that came in two pieces.
      if (isAfterCr && text[0] === "\n") text = text.slice(1);
      isAfterCr = text === "" ? false : text.endsWith("\r");
      const lines = (rest + text).split(/\r\n|\n|\r/);
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const message = take(line);
        if (message) yield message;
      }
    }
  } finally {
    // Also where the reader of the messages stops: nobody waits for the connection to close.
    reader.cancel().catch(() => undefined);
  }
}

/** Takes a line at a time; a blank one returns the message that it ends. */
function createLineReader(onRetry: (ms: number) => void): (line: string) => SseMessage | undefined {
  let [event, id] = ["", ""];
  let data: string[] = [];
  return (line) => {
    if (line === "") {
      const message = data.length > 0 && { event: event || "message", data: data.join("\n"), id };
      [event, data] = ["", []];
      return message || undefined;
    }
    const [, field = "", value = ""] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (field === "event") event = value;
    else if (field === "data") data.push(value);
    else if (field === "id" && !value.includes("\0")) id = value;
    else if (field === "retry" && /^\d+$/.test(value)) onRetry(Number(value));
    return undefined;
  };
}
