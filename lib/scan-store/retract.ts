import type { Redis } from "ioredis";
import { unconfirmedSubmit } from "#lib/contract/announce-and-publish.ts";
import { createReplicated } from "#lib/redis/replicated.ts";
import { retractedTtlS } from "./scan-keys.ts";

/**
 * Takes back what was made visible of a job.
 *
 * @param mayCome true when the broker has neither confirmed nor refused the message
 * @returns false when a stage of the job has begun: its message has come, and the job runs.
 * @throws Fault `UNAVAILABLE` when the message may come, and nobody knows whether a stage will begin.
 */
export type Retract = (mayCome: boolean) => Promise<boolean>;

/** Somebody waits for the response, and an idempotency key is taken over after 30 s: nothing is taken back then. */
const retractMsMax = 20_000;

/** The scripts of one job, by the connection they run on; both may run again. */
interface JobScripts {
  /** Makes the job visible, and takes the mark away that an earlier submit has left. */
  queue(redis: Redis): Promise<unknown>;
  /** Returns 1 when a stage has begun. A ttl of 0 is no mark. */
  retract(redis: Redis, markTtlS: number): Promise<unknown>;
}

/**
 * For a job that was queued just now. Where its message may come, its mark is set, or taken away, once a replica of
 * Redis knows: what a failover forgets, or brings back, would let a refused job run, and drop an accepted one.
 *
 * The returned function throws Fault `SUBMIT_UNCONFIRMED` when an earlier mark may be gone and may be there.
 */
export function createRetract(
  redis: Redis,
): (isOnItsWay: boolean, scripts: JobScripts) => Promise<Retract> {
  const replicated = createReplicated(redis);
  return async (isOnItsWay, { queue, retract }) => {
    const until = performance.now() + retractMsMax;
    if (isOnItsWay) {
      await replicated(queue, until).catch((cause: unknown) => {
        throw unconfirmedSubmit(cause);
      });
    }
    return async (mayCome) => {
      const hasBegun =
        mayCome || isOnItsWay
          ? await replicated((own) => retract(own, retractedTtlS), until)
          : // Nothing comes: what is still visible of the job expires.
            await retract(redis, 0).catch(() => 0);
      return hasBegun === 0;
    };
  };
}
