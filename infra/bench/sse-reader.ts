export interface SseEvent {
  /** Stage of the scan, or `failed` for an end that failed. */
  readonly name: string;
  readonly id: string;
  /** When it was written, in milliseconds since the Unix epoch. */
  readonly ts: number;
}

/**
 * Reads the events of one stream, cut into pieces anywhere. Finds the three things it wants by searching:
 * parsing every event of thousands of users would cost more than the system under load.
 */
export function createSseReader(onEvent: (event: SseEvent) => void): (text: string) => void {
  let rest = "";
  return function read(text) {
    rest += text;
    const blocks = rest.split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const name = between(block, "event: ", "\n");
      // Without one it is a comment or a `retry:`.
      if (name === "") continue;
      const ts = Number(between(block, '"ts":', ","));
      onEvent({ name, id: between(block, "id: ", "\n"), ts });
    }
  };
}

/** Empty when it is not there. */
function between(text: string, before: string, after: string): string {
  const at = text.indexOf(before);
  if (at < 0) return "";
  const from = at + before.length;
  const to = text.indexOf(after, from);
  return text.slice(from, to < 0 ? undefined : to);
}
