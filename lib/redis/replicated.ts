import type { Redis } from "ioredis";
import { Fault } from "#lib/error/fault.ts";
import { withDeadline } from "#lib/process/with-deadline.ts";
import { redisCall } from "./client.ts";

/**
 * Runs a write until a replica has it.
 *
 * @param until in ms of `performance.now()`
 * @throws Fault `UNAVAILABLE` when that comes first; the write may have happened.
 */
export type Replicated = <T>(write: (redis: Redis) => Promise<T>, until: number) => Promise<T>;

const ackMsMax = 1_000;
const retryMs = 250;

/**
 * For writes that must outlive their primary. Redis replies before any replica has a write: what only the primary has
 * is gone when a replica takes its place, and a primary that was cut off goes on replying for seconds after that. The
 * write is repeated until a replica has it, so it must be idempotent. A Redis without replicas keeps what it has.
 *
 * WAIT holds up its connection: these writes have one of their own, which is open while any of them runs.
 */
export function createReplicated(redis: Redis): Replicated {
  let shared: Connection | undefined;
  const attempt = async <T>(write: (redis: Redis) => Promise<T>): Promise<T> => {
    shared ??= open(redis);
    const mine = shared;
    mine.users += 1;
    try {
      await mine.opened;
      const written = await write(mine.redis);
      await acknowledged(mine.redis);
      return written;
    } catch (error) {
      // The next attempt finds where the address leads to now.
      if (shared === mine) shared = undefined;
      throw error;
    } finally {
      mine.users -= 1;
      if (mine.users === 0) {
        mine.redis.disconnect();
        if (shared === mine) shared = undefined;
      }
    }
  };
  return async (write, until) => {
    for (;;) {
      try {
        return await withDeadline(until - performance.now(), attempt(write));
      } catch (cause) {
        if (performance.now() + retryMs >= until) throw new Fault("UNAVAILABLE", { cause });
        await Bun.sleep(retryMs);
      }
    }
  };
}

interface Connection {
  readonly redis: Redis;
  readonly opened: Promise<unknown>;
  users: number;
}

/** It never connects again: after that WAIT would speak of nothing that was written before. */
function open(redis: Redis): Connection {
  const own = redis.duplicate({ lazyConnect: true, retryStrategy: () => null });
  own.on("error", () => undefined);
  return { redis: own, opened: redisCall(() => own.connect()), users: 0 };
}

/** Resolves when a replica has everything that was written over this connection. */
async function acknowledged(redis: Redis): Promise<void> {
  const replication = await redisCall(() => redis.info("replication"));
  if (/^connected_slaves:0\r$/m.test(replication)) return;
  const replicas = await redisCall(() => redis.wait(1, ackMsMax));
  if (replicas < 1)
    throw new Fault("UNAVAILABLE", { cause: new Error("redis: no replica has it") });
}
