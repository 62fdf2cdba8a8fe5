import type { Redis } from "ioredis";
import { Histogram } from "prom-client";
import { chatKeys } from "#lib/chat-store/chat-keys.ts";
import type { Logger } from "#lib/log/logger.ts";
import { observedGauge } from "#lib/process/observed-gauge.ts";
import { keyPrefixOf } from "#lib/redis/client.ts";
import { eventFromFields, toFields } from "#lib/scan-store/read-scan.ts";
import { scanKeys, shardCount } from "#lib/scan-store/scan-keys.ts";
import { chatFrame, lastSeqIn } from "../chat-replay.ts";
import type { Hub } from "../hub.ts";
import { toFrame } from "../stream.ts";

const blockMs = 1_000;
const entriesPerReadMax = 1_000;
const retryDelayMs = 500;
/** Between reads, so that single events are read a few together: a third less CPU at 1,500/s. */
const gatherMs = 5;

const lag = new Histogram({
  name: "eco2_stream_lag_seconds",
  help: "Age of the oldest event of a read, from Redis' clock to ours",
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60],
});
const observeReadAge = observedGauge(
  "eco2_stream_read_age_seconds",
  "Since the event streams were last read, which happens once a second even where nothing does",
);

/**
 * Follows all shard streams, once per process, and pushes what happens into the hub. Late is allowed,
 * lost is not: after anything that may have hidden entries (a lost connection, a trim that overtook
 * us) every watched job is sent its replay log before the tailer continues.
 *
 * It needs a connection of its own: a blocking read holds up every other command.
 */
export class ShardTailer {
  readonly #redis: Redis;
  readonly #feeds = new Map<string, Feed>();
  readonly #resync: () => Promise<void>;
  readonly #log: Logger;
  /** Stream key → id of the last entry read. */
  readonly #lastIds = new Map<string, string>();
  #mayHaveMissed = false;
  #stopped = false;
  #loop: Promise<void> = Promise.resolve();
  #lastReadAt = 0;

  constructor(deps: {
    redis: Redis;
    feeds: readonly Feed[];
    resync: () => Promise<void>;
    log: Logger;
  }) {
    this.#redis = deps.redis;
    for (const feed of deps.feeds) for (const key of feed.keys) this.#feeds.set(key, feed);
    this.#resync = deps.resync;
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
    observeReadAge(() => (Date.now() - this.#lastReadAt) / 1_000);
    this.#loop = this.#run();
  }

  /** False when no read has succeeded for a while: clients see nothing new. */
  isTailing(): boolean {
    return Date.now() - this.#lastReadAt < 5 * blockMs;
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
    if (shards) lag.observe(Math.max(0, this.#lastReadAt - oldestMs(shards)) / 1_000);
    if (shards?.some(([, entries]) => entries.length >= entriesPerReadMax)) {
      // A full read means that the tailer is behind, and a trim may have overtaken it.
      this.#mayHaveMissed ||= await this.#wasOvertaken(keys);
    }
    if (this.#mayHaveMissed) {
      // Lowered first: what happens while we resync raises it again.
      this.#mayHaveMissed = false;
      await this.#resync();
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

/** Streams of Redis that are followed, and what becomes of an entry. */
export interface Feed {
  readonly keys: readonly string[];
  deliver(fields: readonly string[]): void;
}

/** The events of scans: an entry is one. */
export function scanFeed(hub: Hub, log: Logger): Feed {
  return {
    keys: Array.from({ length: shardCount }, (_, shard) => scanKeys.events(shard)),
    deliver: (fields) => {
      const jobId = fields[fields.indexOf("job_id") + 1];
      // Most entries belong to clients of other processes: they are not even parsed.
      if (jobId === undefined || !hub.isWatched(jobId)) return;
      try {
        hub.push(jobId, toFrame(eventFromFields(toFields(fields))));
      } catch (error) {
        log.error("unreadable event", { task_id: jobId, error });
      }
    },
  };
}

/** The events of chats: an entry is of many jobs, each with what goes over the wire. */
export function chatFeed(hub: Hub): Feed {
  return {
    keys: [chatKeys.events],
    deliver: (fields) => {
      for (let i = 0; i + 1 < fields.length; i += 2) {
        const [jobId = "", text = ""] = [fields[i], fields[i + 1]];
        if (hub.isWatched(jobId)) hub.push(jobId, chatFrame(lastSeqIn(text), text));
      }
    },
  };
}

/** When the oldest of the entries was written; each stream is in order, and its ids begin with milliseconds. */
function oldestMs(shards: readonly [string, (readonly [string, ...unknown[]])[]][]): number {
  return Math.min(...shards.map(([, [first]]) => Number.parseInt(first?.[0] ?? "", 10)));
}

/** Compares stream ids, `<ms>-<n>`. */
function isAfter(id: string, other: string): boolean {
  const [ms = 0, n = 0] = id.split("-").map(Number);
  const [otherMs = 0, otherN = 0] = other.split("-").map(Number);
  return ms > otherMs || (ms === otherMs && n > otherN);
}
