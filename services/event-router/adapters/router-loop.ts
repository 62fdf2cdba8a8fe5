import type { Redis } from "ioredis";
import type { Logger } from "#lib/log/logger.ts";
import { observedGauge } from "#lib/process/observed-gauge.ts";
import { type EventRouter, renewEveryMs } from "../event-router.ts";

const retryDelayMs = 500;
/** Between reads, so that single events are read a few together. */
const gatherMs = 5;
const aliveMs = 5_000;

const observeHeld = observedGauge("eco2_router_streams", "Event streams that this router holds");

/** Runs a router until it is stopped. */
export class RouterLoop {
  readonly #router: EventRouter;
  readonly #bell: Redis;
  readonly #log: Logger;
  #stopped = false;
  #loop: Promise<void> = Promise.resolve();
  #ranAt = Date.now();

  /** @param bell a connection of its own, since it waits for entries */
  constructor(router: EventRouter, bell: Redis, log: Logger) {
    this.#router = router;
    this.#bell = bell;
    this.#log = log;
  }

  start(): void {
    observeHeld(() => this.#router.heldCount);
    this.#loop = this.#run();
  }

  /** False when nothing could be read or published for a while. */
  isRouting(): boolean {
    return Date.now() - this.#ranAt < aliveMs;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#bell.disconnect();
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        const idleAt = await this.#router.runOnce();
        this.#ranAt = Date.now();
        if (idleAt) await this.#waitForEntries(idleAt);
        else await Bun.sleep(gatherMs);
      } catch (error) {
        if (this.#stopped) return;
        // A connection that is lost is logged once, by whoever opened it.
        if (this.#bell.status === "ready") this.#log.warn("routing failed", { error });
        await Bun.sleep(retryDelayMs);
      }
    }
  }

  /** Reads nothing: it only hears that there is something to read. */
  async #waitForEntries(newest: ReadonlyMap<string, string>): Promise<void> {
    if (newest.size === 0) return void (await Bun.sleep(renewEveryMs));
    const ids = newest.values().map((id) => id || "0-0");
    const block = ["COUNT", 1, "BLOCK", renewEveryMs] as const;
    await this.#bell.xread(...block, "STREAMS", ...newest.keys(), ...ids);
  }
}
