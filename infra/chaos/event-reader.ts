import type { ChainableCommander, Redis } from "ioredis";
import { eventFromFields, toFields } from "#lib/scan-store/read-scan.ts";
import { scanKeys, shardCount } from "#lib/scan-store/scan-keys.ts";
import type { LoggedEvent } from "./history.ts";

/** Reads every entry of the shard streams once, also before Redis is wiped. */
export class EventReader {
  readonly events: LoggedEvent[] = [];
  readonly #lastIds = new Map<string, string>();

  /** What has been written since the last time. */
  read(redis: Redis): Promise<void> {
    return this.#read(redis.multi());
  }

  /** Wipes Redis in the same step in which it reads: no event falls between. */
  readAndWipe(redis: Redis): Promise<void> {
    return this.#read(redis.multi(), (batch) => batch.flushall());
  }

  async #read(batch: ChainableCommander, last = (all: ChainableCommander) => all): Promise<void> {
    for (const key of streamKeys) {
      const after = this.#lastIds.get(key);
      batch.xrange(key, after === undefined ? "-" : `(${after}`, "+");
    }
    const replies = (await last(batch).exec()) ?? [];
    for (const [i, key] of streamKeys.entries()) {
      const entries = replies[i]?.[1];
      if (Array.isArray(entries)) this.#keep(key, entries);
    }
  }

  #keep(key: string, entries: readonly [id: string, fields: string[]][]): void {
    for (const [id, fields] of entries) {
      const { job_id, ...event } = eventFromFields(toFields(fields));
      this.events.push({ jobId: job_id, ...event, ts: Number.parseInt(id, 10) });
      this.#lastIds.set(key, id);
    }
  }
}

const streamKeys = Array.from({ length: shardCount }, (_, shard) => scanKeys.events(shard));
