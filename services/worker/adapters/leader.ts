import type { Redis } from "ioredis";
import { script } from "#lib/redis/script.ts";

export interface Leader {
  /** True in one process at a time: the same one as long as it asks again before the lease ends. */
  lead(): Promise<boolean>;
  /** Lets the next process lead at once. */
  close(): Promise<void>;
}

/**
 * Elects one process by a lease in Redis, which it keeps from round to round. If it gave the lease up after
 * each round, processes would take turns and together redrive several times as often. A leader that dies is
 * succeeded when its lease ends; a Redis that forgets the lease costs a round too many.
 *
 * No advisory lock of PostgreSQL: one belongs to a session, and a pooler in transaction mode gives the session
 * to others.
 */
export function createLeader(
  redis: Redis,
  { key = "worker:redrive-leader", leaseMs }: { key?: string; leaseMs: number },
): Leader {
  const id = crypto.randomUUID();
  const acquire = script(redis, ACQUIRE);
  const release = script(redis, RELEASE);
  return {
    lead: async () => (await acquire([key], [id, leaseMs])) === id,
    close: async () => void (await release([key], [id])),
  };
}

/** KEYS 1 lease · ARGV 1 who asks, 2 how long in ms. Returns who holds it. */
const ACQUIRE = `
local holder = redis.call('GET', KEYS[1]) or ARGV[1]
if holder == ARGV[1] then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
return holder
`;

/** KEYS 1 lease · ARGV 1 who gives it up. */
const RELEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
`;
