import type { Redis } from "ioredis";
import { repeat } from "#lib/process/repeat.ts";
import { redisCall } from "./client.ts";

/** A process that was not seen for so long is dead, and its leases are void. */
const aliveTtlMs = 5_000;
const renewEveryMs = 1_500;

/** The key that shows that a process lives, and with it all its leases. */
export const aliveKey = (holder: string): string => `worker:alive:${holder}`;

/** Shows the others that this process lives. @returns ends that, and with it every lease of the holder. */
export async function keepAlive(redis: Redis, holder: string): Promise<() => Promise<void>> {
  const key = aliveKey(holder);
  const renew = () => redisCall(() => redis.set(key, 1, "PX", aliveTtlMs));
  await renew();
  const timer = repeat(async () => {
    // Where Redis is away no other process can begin a stage either.
    await renew().catch(() => undefined);
  }, renewEveryMs);
  return async () => {
    await timer.stop();
    await redisCall(() => redis.del(key)).catch(() => undefined);
  };
}
