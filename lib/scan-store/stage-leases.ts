import type { Redis } from "ioredis";
import { keepAlive } from "#lib/redis/process-lease.ts";
import { script } from "#lib/redis/script.ts";
import type { PaidStage } from "#lib/scan/scan-events.ts";
import { scanKeys } from "./scan-keys.ts";

/** Longer than a stage takes: ends the lease of a stage whose process lives and has failed to release it. */
export const leaseMs = 120_000;

/** Field of a job's state: the process that works on the stage, and since when, in ms; void when it is dead. */
export const leaseField = (stage: PaidStage): string => `lease_${stage}`;

/** KEYS 1 state · ARGV 1 field · 2 holder */
const RELEASE = `
local lease = redis.call('HGET', KEYS[1], ARGV[1])
if lease and string.match(lease, '^%S+') == ARGV[2] then redis.call('HDEL', KEYS[1], ARGV[1]) end
`;

/**
 * The leases of this process on stages it works on: of two deliveries of one job's stage at the same time one pays
 * the model, and the other waits for its output. A message is delivered twice when its publisher had no confirm,
 * or when a worker loses its connection while it works on.
 *
 * Whose a lease is stands in Redis, and besides, under one key a process, that the process lives. So a stage whose
 * worker was killed begins again within seconds, however long its model takes.
 */
export class StageLeases {
  readonly holder = crypto.randomUUID();
  readonly #redis: Redis;
  readonly #release: ReturnType<typeof script>;
  /** When each ends by itself, in ms of `performance.now()`. */
  readonly #held = new Map<string, number>();
  #sweepAt = 0;

  constructor(redis: Redis) {
    this.#redis = redis;
    this.#release = script(redis, RELEASE);
  }

  /** False when this process works on the stage already. Other processes are asked in the step that begins it. */
  take(jobId: string, stage: PaidStage, now = performance.now()): boolean {
    const key = heldKey(jobId, stage);
    if (now >= this.#sweepAt) this.#sweep(now);
    if ((this.#held.get(key) ?? 0) > now) return false;
    this.#held.set(key, now + leaseMs);
    return true;
  }

  /** After a step that makes the lease void, as an output or the scan's end, or that has not taken it. */
  forget(jobId: string, stage: PaidStage): void {
    this.#held.delete(heldKey(jobId, stage));
  }

  /** Forgets those of scans that another process has ended: rarely, since a look from a map's start is slow. */
  #sweep(now: number): void {
    for (const [key, endsAt] of this.#held) if (endsAt <= now) this.#held.delete(key);
    this.#sweepAt = now + leaseMs;
  }

  async release(jobId: string, stage: PaidStage): Promise<void> {
    this.forget(jobId, stage);
    await this.#release([scanKeys.state(jobId)], [leaseField(stage), this.holder]);
  }

  /** Shows the others that this process lives. @returns ends that, and with it every lease. */
  keepAlive(): Promise<() => Promise<void>> {
    return keepAlive(this.#redis, this.holder);
  }
}

const heldKey = (jobId: string, stage: PaidStage): string => `${jobId}:${stage}`;
