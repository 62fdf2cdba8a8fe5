import type { Redis } from "ioredis";
import { keyPrefixOf, redisCall } from "#lib/redis/client.ts";
import { script } from "#lib/redis/script.ts";
import { cancelChannel, cancelTtlS, scanKeys } from "./scan-keys.ts";

/**
 * One step, so that a worker that reads the key after the notice, or misses the notice and reads it
 * later, finds it; and so that none comes between a look at the state and the write.
 *
 * KEYS 1 cancel, 2 state · ARGV 1 job id, 2 ttl s, 3 channel
 */
const CANCEL = `
if redis.call('HGET', KEYS[2], 'stage') == 'done' then return 0 end
if redis.call('GET', KEYS[1]) == 'sealed' then return 0 end
redis.call('SET', KEYS[1], 'cancelled', 'EX', ARGV[2])
redis.call('PUBLISH', ARGV[3], ARGV[1])
return 1
`;

/** False when the scan has ended, or its last stage has begun. */
export function createRequestCancel(redis: Redis): (jobId: string) => Promise<boolean> {
  const cancel = script(redis, CANCEL);
  return async (jobId) => {
    const keys = [scanKeys.cancel(jobId), scanKeys.state(jobId)];
    const channel = keyPrefixOf(redis) + cancelChannel;
    return (await cancel(keys, [jobId, cancelTtlS, channel])) === 1;
  };
}

/** Who comes first, the last stage or the cancel, has the key. False when it was the cancel. */
export function createSeal(redis: Redis): (jobId: string) => Promise<boolean> {
  return async (jobId) => {
    const key = scanKeys.cancel(jobId);
    const held = await redisCall(() => redis.set(key, "sealed", "EX", cancelTtlS, "NX", "GET"));
    return held !== "cancelled";
  };
}
