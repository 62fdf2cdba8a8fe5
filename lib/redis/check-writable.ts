import type { Redis } from "ioredis";
import { redisCall } from "./client.ts";

/**
 * A script that may write is refused, as a write is, by a replica, by a Redis without memory and by one that
 * cannot save to its disk. This one writes nothing.
 */
const MAY_WRITE = "#!lua\nreturn 1";

/** Resolves when Redis takes writes; for readiness. A PING succeeds also where every write is refused. */
export async function checkWritable(redis: Redis): Promise<void> {
  await redisCall(() => redis.eval(MAY_WRITE, 0));
}
