import type { Hub } from "./hub.ts";

/**
 * Where a gateway's live events come from: the streams of Redis themselves (`adapters/shard-tailer.ts`), or an event
 * router that publishes them (`adapters/published-events.ts`). `live-source.live.test.ts` holds both to the same.
 *
 * Events of a stream are pushed in order. Late is allowed, lost is not: after anything that may have hidden some, the
 * logs of the watched jobs are sent again before anything newer is pushed.
 */
export interface LiveSource {
  start(): Promise<void>;
  /** Resolves when whatever happens in this stream from here on will be pushed: now the log of a job may be read. */
  follow(stream: string): Promise<void>;
  /** False when nothing was seen for so long that clients are missing events. */
  isLive(): boolean;
  /** Since it last knew that nothing is missing. */
  readAgeMs(): number;
  stop(): Promise<void>;
}

export interface LiveSourceDeps {
  readonly feeds: readonly Feed[];
  /** Told the age of the oldest of the entries that have come together. */
  observeLag(ms: number): void;
}

/** Streams of Redis that are followed, and what becomes of an entry. */
export interface Feed {
  readonly hub: Hub;
  readonly streams: readonly string[];
  streamOf(jobId: string): string;
  /** Pushes what an entry has for jobs that are watched here. */
  deliver(fields: readonly string[]): void;
  /** Sends watched jobs what their logs have: all of them, or those of one stream. */
  resync(stream?: string): Promise<void>;
}
