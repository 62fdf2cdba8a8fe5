import type { Publication } from "#lib/contract/publication.ts";

/**
 * Publishes what happens in the event streams, so that many gateways need not read all of it from the Redis that
 * keeps it. What was read is acknowledged when it was published: of a router that dies, the next one to hold the
 * stream publishes it again, and gateways drop what they have.
 *
 * One router at a time holds a stream, and only its holder can read it: two that read in turn would publish the
 * entries of a job in any order. One that was paused, and publishes late what it has read, says nothing new.
 *
 * A heartbeat a second names the newest entry of a quiet stream, by which gateways find a lost publication.
 */
export class EventRouter {
  readonly #deps: EventRouterDeps;
  readonly #held = new Map<string, Held>();
  #renewedAt = Number.NEGATIVE_INFINITY;

  constructor(deps: EventRouterDeps) {
    this.#deps = deps;
  }

  get heldCount(): number {
    return this.#held.size;
  }

  /**
   * One read of every stream that this router holds, published and acknowledged.
   *
   * @returns the newest entry of each of them, where there was nothing to publish: wait for what comes after. Else
   * undefined.
   */
  async runOnce(): Promise<ReadonlyMap<string, string> | undefined> {
    if (this.#deps.now() - this.#renewedAt >= renewEveryMs) await this.#renew();
    const routed = [...this.#held].map(([stream, one]) => this.#route(stream, one));
    // All of them, so that no two reads of a stream overlap.
    const outcomes = await Promise.allSettled(routed);
    for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
    if (outcomes.some((outcome) => outcome.status === "fulfilled" && outcome.value))
      return undefined;
    return new Map([...this.#held].map(([stream, { newest }]) => [stream, newest]));
  }

  async #renew(): Promise<void> {
    const startedAt = this.#deps.now();
    const streams = await this.#deps.hold();
    this.#renewedAt = startedAt;
    for (const stream of this.#held.keys())
      if (!streams.includes(stream)) this.#held.delete(stream);
    for (const stream of streams) {
      if (!this.#held.has(stream)) this.#held.set(stream, newlyHeld());
    }
  }

  async #route(stream: string, one: Held): Promise<boolean> {
    const read = await this.#deps.read(stream, one.claimFrom);
    if (read === "lost") {
      this.#held.delete(stream);
      return false;
    }
    const { entries, after, claimNext } = read;
    one.newest = entries.at(-1)?.[0] ?? after;
    const isQuiet = entries.length === 0;
    const isHeartbeatDue = this.#deps.now() - one.publishedAt >= heartbeatMs;
    if (!isQuiet || (isHeartbeatDue && claimNext === undefined)) {
      // Until it is published it is pending: after a failure it is claimed again.
      one.claimFrom = claimStart;
      await this.#deps.publish(stream, { after, entries });
      one.publishedAt = this.#deps.now();
    }
    if (!isQuiet)
      await this.#deps.acknowledge(
        stream,
        entries.map(([id]) => id),
      );
    one.claimFrom = claimNext;
    return !isQuiet || claimNext !== undefined;
  }
}

export interface EventRouterDeps {
  /** Renews what this router holds, and takes what is free, up to its share. @returns the streams it holds */
  hold(): Promise<readonly string[]>;
  /** @param claimFrom of entries that are pending; undefined for new ones */
  read(stream: string, claimFrom: string | undefined): Promise<Read | "lost">;
  publish(stream: string, publication: Publication): Promise<void>;
  acknowledge(stream: string, ids: readonly string[]): Promise<void>;
  /** Milliseconds. */
  now(): number;
}

export interface Read extends Publication {
  /** Where to go on claiming; undefined when no more entries are pending. */
  readonly claimNext: string | undefined;
}

/** Of what a router holds; a third of the time after which it is taken for dead. */
export const renewEveryMs = 1_000;
const heartbeatMs = 1_000;
const claimStart = "0-0";

interface Held {
  /** Undefined when nothing that was read before is pending. */
  claimFrom: string | undefined;
  newest: string;
  publishedAt: number;
}

/** Whoever held it before may have died with entries that it had not published. */
function newlyHeld(): Held {
  return { claimFrom: claimStart, newest: "", publishedAt: Number.NEGATIVE_INFINITY };
}
