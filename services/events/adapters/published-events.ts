import type { Redis } from "ioredis";
import { Counter } from "prom-client";
import { type Publication, readPublication } from "#lib/contract/publication.ts";
import { ROUTED } from "#lib/fan-out/routed-streams.ts";
import type { Logger } from "#lib/log/logger.ts";
import { repeat } from "#lib/process/repeat.ts";
import { keyPrefixOf, redisCall } from "#lib/redis/client.ts";
import type { Feed, LiveSource, LiveSourceDeps } from "../live-source.ts";
import { isAfter, writtenAtMs } from "../stream-id.ts";

const silenceDefaultMs = 15_000;
/** Publications that wait while a gap is mended; those beyond are another gap. */
const waitingMax = 1_000;

const mends = new Counter({
  name: "eco2_stream_mends_total",
  help: "Gaps in what the event router published that were mended from the logs of jobs",
});

/**
 * What the event router publishes, as a source of live events. Pub/Sub is only the quick way: it drops what it cannot
 * send, and the router may be dead, late, or there twice. What happened is in the streams and the logs of the jobs. So
 * of each stream the id of the last entry is kept that clients have, and
 *
 *   a publication of what they have           is dropped
 *   one that begins where they are            is pushed
 *   one that begins later, another heartbeat,
 *   or 15 s without either                    has their logs read, up to the newest entry of the stream
 *
 * Only channels of streams that somebody here follows are subscribed to.
 */
export class PublishedEvents implements LiveSource {
  readonly #redis: Redis;
  readonly #pubsub: Redis;
  readonly #feeds: readonly Feed[];
  readonly #observeLag: (ms: number) => void;
  readonly #log: Logger;
  readonly #silenceMs: number;
  readonly #followed = new Map<string, Followed>();
  #timer: ReturnType<typeof repeat> | undefined;

  /**
   * @param deps `redis` has the streams; `pubsub` is a connection of its own, since one that subscribes takes no other
   * command
   */
  constructor(
    deps: LiveSourceDeps & { redis: Redis; pubsub: Redis; log: Logger; silenceMs?: number },
  ) {
    this.#redis = deps.redis;
    this.#pubsub = deps.pubsub;
    this.#feeds = deps.feeds;
    this.#observeLag = deps.observeLag;
    this.#log = deps.log;
    this.#silenceMs = deps.silenceMs ?? silenceDefaultMs;
  }

  async start(): Promise<void> {
    this.#pubsub.on("message", (channel: string, text: string) => this.#hear(channel, text));
    // A subscription that failed is not repeated by the library.
    this.#pubsub.on("ready", () => {
      for (const one of this.#followed.values()) void this.#subscribe(one);
    });
    this.#timer = repeat(() => this.#lookAround(), this.#silenceMs / 15);
  }

  follow(stream: string): Promise<void> {
    const one = this.#followed.get(stream) ?? this.#open(stream);
    return one.isOpen;
  }

  isLive(): boolean {
    return this.readAgeMs() < 2 * this.#silenceMs;
  }

  readAgeMs(): number {
    const now = Date.now();
    return now - Math.min(now, ...this.#followed.values().map(({ heardAt }) => heardAt));
  }

  async stop(): Promise<void> {
    this.#pubsub.disconnect();
    await this.#timer?.stop();
  }

  #open(stream: string): Followed {
    const channel = ROUTED.find((one) => one.stream === stream)?.channel ?? "";
    const feed = this.#feeds.find(({ streams }) => streams.includes(stream));
    if (!feed) throw new Error(`no feed has ${stream}`);
    const one: Followed = {
      stream,
      channel: keyPrefixOf(this.#redis) + channel,
      feed,
      isOpen: Promise.resolve(),
      seen: "",
      heardAt: Date.now(),
      isMending: true,
      waiting: [],
    };
    this.#followed.set(stream, one);
    // In this order: what happens after the newest entry is published to us, or found missing.
    one.isOpen = this.#subscribe(one)
      .then(() => this.#newestOf(stream))
      .then((id) => {
        one.seen = id;
        this.#goOn(one);
      });
    one.isOpen.catch(() => this.#followed.delete(stream));
    return one;
  }

  /** Without a subscription the logs are read after every silence. */
  async #subscribe({ channel }: Followed): Promise<void> {
    await this.#pubsub.subscribe(channel).catch(() => undefined);
  }

  #hear(channel: string, text: string): void {
    const one = this.#followed.values().find((followed) => followed.channel === channel);
    if (!one) return;
    one.heardAt = Date.now();
    if (!one.isMending) this.#take(one, readPublication(text));
    else if (one.waiting.length < waitingMax) one.waiting.push(text);
  }

  #take(one: Followed, publication: Publication): void {
    const { after, entries } = publication;
    const newest = entries.at(-1)?.[0];
    // The heartbeat of a stream that was wiped is of an older entry, or of none.
    if (newest === undefined ? after === one.seen : !isAfter(newest, one.seen)) return;
    const fits = newest !== undefined && after !== "" && !isAfter(after, one.seen);
    if (fits) this.#push(one, publication);
    else void this.#mend(one, publication);
  }

  #push(one: Followed, { entries }: Publication): void {
    const [oldest] = entries;
    if (oldest) this.#observeLag(Math.max(0, one.heardAt - writtenAtMs(oldest[0])));
    for (const [id, fields] of entries) {
      if (!isAfter(id, one.seen)) continue;
      one.feed.deliver(fields);
      one.seen = id;
    }
  }

  /** @param publication what has shown that something is missing */
  async #mend(one: Followed, publication?: Publication): Promise<void> {
    one.isMending = true;
    try {
      // First: the logs have at least what was written up to here.
      const newest = await this.#newestOf(one.stream);
      if (newest !== one.seen) {
        await one.feed.resync(one.stream);
        one.seen = newest;
        mends.inc();
      }
      one.heardAt = Date.now();
      // A Redis that has failed over may have lost what was published.
      if (publication) this.#push(one, publication);
    } catch (error) {
      // The next publication, or silence, finds the same gap.
      one.waiting.length = 0;
      // A connection that is lost is logged once, by whoever opened it.
      if (this.#redis.status === "ready") this.#log.warn("mending failed", { error });
    }
    this.#goOn(one);
  }

  #goOn(one: Followed): void {
    one.isMending = false;
    while (!one.isMending) {
      const text = one.waiting.shift();
      if (text === undefined) return;
      this.#take(one, readPublication(text));
    }
  }

  /** Mends what is silent, and leaves what nobody follows any more. */
  async #lookAround(): Promise<void> {
    for (const one of this.#followed.values()) {
      if (one.isMending) continue;
      if (!isWatched(one)) {
        this.#followed.delete(one.stream);
        await this.#pubsub.unsubscribe(one.channel).catch(() => undefined);
      } else if (Date.now() - one.heardAt >= this.#silenceMs) {
        // A connection that has died without a word is found by what it does not answer.
        this.#pubsub.ping().catch(() => undefined);
        await this.#mend(one);
      }
    }
  }

  async #newestOf(stream: string): Promise<string> {
    const [newest] = await redisCall(() => this.#redis.xrevrange(stream, "+", "-", "COUNT", 1));
    return newest?.[0] ?? "";
  }
}

/** A stream that clients of this process follow. */
interface Followed {
  readonly stream: string;
  readonly channel: string;
  readonly feed: Feed;
  isOpen: Promise<void>;
  /** Id of the last entry that clients have; "" for none. */
  seen: string;
  heardAt: number;
  /** Publications wait. */
  isMending: boolean;
  readonly waiting: string[];
}

function isWatched({ feed, stream }: Followed): boolean {
  return feed.hub.jobIds().some((jobId) => feed.streamOf(jobId) === stream);
}
