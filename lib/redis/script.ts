import type { Redis } from "ioredis";
import { redisCall } from "./client.ts";

export type Script = (
  keys: readonly string[],
  args: readonly (string | number)[],
) => Promise<unknown>;

const hashes = new Map<string, string>();
/** Hashes of the scripts whose text a client has sent. */
const sent = new WeakMap<Redis, Set<string>>();

/**
 * Sends the script's text at first, then its hash, and its text again to a Redis that does not know it: one that has
 * started again, or another primary.
 *
 * Not by the library's `defineCommand`: commands that gather in a pipeline meanwhile do not know one that is defined
 * after the first of them, the call fails, and its callback, which finds no reply, ends the process.
 */
export function script(redis: Redis, lua: string): Script {
  const hash = hashes.get(lua) ?? new Bun.CryptoHasher("sha1").update(lua).digest("hex");
  hashes.set(lua, hash);
  const known = sent.get(redis) ?? new Set();
  sent.set(redis, known);
  return (keys, args) =>
    redisCall(async () => {
      try {
        if (known.has(hash)) return await redis.evalsha(hash, keys.length, ...keys, ...args);
      } catch (error) {
        if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
      }
      known.add(hash);
      return redis.eval(lua, keys.length, ...keys, ...args);
    });
}
