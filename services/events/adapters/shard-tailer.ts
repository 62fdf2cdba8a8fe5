import type { Redis } from "ioredis";
import type { Logger } from "#lib/log/logger.ts";
import { keyPrefixOf } from "#lib/redis/client.ts";
import type { Feed, LiveSource, LiveSourceDeps } from "../live-source.ts";
import { isAfter, writtenAtMs } from "../stream-id.ts";

const blockMs = 1_000;
const entriesPerReadMax = 1_000;
const retryDelayMs = 500;
/** Between reads, so that single events are read a few together: a third less CPU at 1,500/s. */
const gatherMs = 5;

/**
 * Follows all shard streams, once per process, and pushes what happens into the hub. Late is allowed,
 * lost is not: after anything that may have hidden entries (a lost connection, a trim that overtook
 * us) every watched job is sent its replay log before the tailer continues.
 *
 * It needs a connection of its own: a blocking read holds up every other command.
 */
export class ShardTailer implements LiveSource {
  readonly #redis: Redis;
  readonly #feeds = new Map<string, Feed>();
  readonly #observeLag: (ms: number) => void;
  readonly #log: Logger;
  /** Stream key → id of the last entry read. */
  readonly #lastIds = new Map<string, string>();
  #mayHaveMissed = false;
  #stopped = false;
  #loop: Promise<void> = Promise.resolve();
  #lastReadAt = 0;

  constructor(deps: LiveSourceDeps & { redis: Redis; log: Logger }) {
    this.#redis = deps.redis;
    for (const feed of deps.feeds) for (const key of feed.streams) this.#feeds.set(key, feed);
    this.#observeLag = deps.observeLag;
    this.#log = deps.log;
    // A read that was cut off is sent again by itself, and would hide that Redis came back empty.
    this.#redis.on("close", () => {
      this.#mayHaveMissed = true;
    });
  }

  /** Resolves when the position in every shard is known: events from here on are seen. */
  async start(): Promise<void> {
    for (const key of this.#feeds.keys()) {
      const [newest] = await this.#redis.xrevrange(key, "+", "-", "COUNT", 1);
      this.#lastIds.set(key, newest?.[0] ?? "0-0");
    }
    this.#lastReadAt = Date.now();
    this.#loop = this.#run();
  }

  /** All streams are read from the start on. */
  follow(): Promise<void> {
    return Promise.resolve();
  }

  /** False when no read has succeeded for a while: clients see nothing new. */
  isLive(): boolean {
    return this.readAgeMs() < 5 * blockMs;
  }

  readAgeMs(): number {
    return Date.now() - this.#lastReadAt;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#redis.disconnect();
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.runOnce();
        await Bun.sleep(gatherMs);
      } catch (error) {
        if (this.#stopped) return;
        this.#mayHaveMissed = true;
        // A connection that is lost is logged once, by whoever opened it.
        if (this.#redis.status === "ready") this.#log.warn("tailing failed", { error });
        await Bun.sleep(retryDelayMs);
      }
    }
  }

  /** One blocking read and its delivery. */
  async runOnce(): Promise<void> {
    const keys = [...this.#lastIds.keys()];
    const shards = await this.#redis.xread(
      "COUNT",
      entriesPerReadMax,
      "BLOCK",
      blockMs,
      "STREAMS",
      ...keys,
      ...this.#lastIds.values(),
    );
    this.#lastReadAt = Date.now();
    if (shards) this.#observeLag(Math.max(0, this.#lastReadAt - oldestMs(shards)));
    if (shards?.some(([, entries]) => entries.length >= entriesPerReadMax)) {
      // A full read means that the tailer is behind, and a trim may have overtaken it.
      this.#mayHaveMissed ||= await this.#wasOvertaken(keys);
    }
    if (this.#mayHaveMissed) {
      // Lowered first: what happens while we resync raises it again.
      this.#mayHaveMissed = false;
      for (const feed of new Set(this.#feeds.values())) await feed.resync();
    }
    for (const [prefixed, entries] of shards ?? []) {
      const key = prefixed.slice(keyPrefixOf(this.#redis).length);
      for (const [id, fields] of entries) {
        this.#feeds.get(key)?.deliver(fields);
        this.#lastIds.set(key, id);
      }
    }
  }

  async #wasOvertaken(keys: readonly string[]): Promise<boolean> {
    const oldest = await Promise.all(keys.map((k) => this.#redis.xrange(k, "-", "+", "COUNT", 1)));
    return keys.some((key, i) => {
      const id = oldest[i]?.[0]?.[0];
      return id !== undefined && isAfter(id, this.#lastIds.get(key) ?? "0-0");
    });
  }
}

/** When the oldest of the entries was written; each stream is in order. */
function oldestMs(shards: readonly [string, (readonly [string, ...unknown[]])[]][]): number {
  return Math.min(...shards.map(([, [first]]) => writtenAtMs(first?.[0] ?? "")));
}
