import type { Redis } from "ioredis";
import { redisCall } from "./client.ts";

export type Script = (
  keys: readonly string[],
  args: readonly (string | number)[],
) => Promise<unknown>;

/**
 * `defineCommand` sends the script's hash, and its text again after a restart of Redis. Of one name a client has one
 * script: defined anew, it would no longer be pipelined.
 */
export function script(redis: Redis, name: string, lua: string): Script {
  if (!(name in redis)) redis.defineCommand(name, { lua });
  const command: unknown = Reflect.get(redis, name);
  if (typeof command !== "function") throw new Error(`script ${name} was not defined`);
  return (keys, args) =>
    redisCall(() => Reflect.apply(command, redis, [keys.length, ...keys, ...args]));
}
