import * as v from "valibot";

/**
 * Entries of one event stream, in order, as the event router publishes them. Each publication says where it begins, so
 * that who misses one knows it by the next: Pub/Sub itself tells nobody.
 */
export interface Publication {
  /** Id of the entry before the first one; "" where the stream has none, be it for having been trimmed. */
  readonly after: string;
  /** None in a heartbeat: `after` is then the newest entry of the stream. */
  readonly entries: readonly StreamEntry[];
}

/** Id, and fields as `[name, value, name, value, …]`. */
export type StreamEntry = readonly [string, readonly string[]];

export function writePublication({ after, entries }: Publication): string {
  return JSON.stringify([after, entries]);
}

/** @throws when the text is none */
export function readPublication(text: string): Publication {
  const [after, entries] = v.parse(Written, JSON.parse(text));
  return { after, entries };
}

const Written = v.tuple([v.string(), v.array(v.tuple([v.string(), v.array(v.string())]))]);
