import { Redis } from "ioredis";
import { Fault } from "#lib/error/fault.ts";
import type { Logger } from "#lib/log/logger.ts";
import { BootError } from "#lib/process/run-process.ts";
import { withDeadline } from "#lib/process/with-deadline.ts";
import { followPrimary } from "./follow-primary.ts";
import "./has-subscribers.ts";

const bootDeadlineMs = 6_000;
/** Longest a command may take; past it the caller is told `UNAVAILABLE` and tries again later. */
const commandTimeoutMs = 5_000;
const reconnectDelayMaxMs = 1_000;

/**
 * Connects to Redis. While it is away commands fail at once instead of piling up in memory. After a
 * failover that cut no connection, it reconnects (`follow-primary.ts`).
 *
 * @param prefix stands before every key that is sent; `keyPrefixOf` tells it where a reply has keys, or a name is
 * not a key
 * @param variable that the URL was read from
 * @throws BootError naming the variable.
 */
export async function connectRedis(
  url: string,
  log: Logger,
  prefix = "",
  variable = "REDIS_URL",
): Promise<Redis> {
  const redis = new Redis(url, {
    keyPrefix: prefix,
    lazyConnect: true,
    enableOfflineQueue: false,
    // The library would drop the promise, whose rejection ends the process. Whoever subscribes does so at each `ready`.
    autoResubscribe: false,
    enableAutoPipelining: true,
    maxRetriesPerRequest: 1,
    commandTimeout: commandTimeoutMs,
    // A timed-out command alone leaves a dead connection in place for as long as the process lives.
    socketTimeout: commandTimeoutMs,
    connectTimeout: bootDeadlineMs,
    retryStrategy: (attempt) => Math.min(attempt * 100, reconnectDelayMaxMs),
  });
  let lastError: unknown;
  redis.on("error", (error) => {
    lastError = error;
    log.debug("redis connection error", { error });
  });
  try {
    // The library goes on in database 0 when the URL's does not exist.
    const connected = redis.connect().then(() => redis.select(redis.options.db ?? 0));
    await withDeadline(bootDeadlineMs, connected);
  } catch (cause) {
    redis.disconnect();
    const reason = lastError ?? cause;
    const text = reason instanceof Error ? reason.message : String(reason);
    const mayPass = !REFUSED.test(text);
    throw new BootError(`${variable}: Redis cannot be used (${text})`, { cause: reason, mayPass });
  }
  logLosses(redis, log);
  followPrimary(redis, url, log);
  return redis;
}

/** Another password, an account without a right, a database that there is not. */
const REFUSED = /^(?:WRONGPASS|NOAUTH|NOPERM|ERR)\b/;

/** What a key has before its name on the server: replies, patterns and channels are as they are there. */
export function keyPrefixOf({ options: { keyPrefix = "" } }: Redis): string {
  return String(keyPrefix);
}

/** Connections of this process that are lost: a Redis that is away is one line, however many it had. */
const lost = new Set<Redis>();

function logLosses(redis: Redis, log: Logger): void {
  let cause: unknown;
  redis.on("error", (error) => {
    cause = error;
  });
  // Also after a connection that was closed on purpose there is a `close`, but nothing after it.
  redis.on("reconnecting", () => {
    if (lost.size === 0) log.warn("redis connection lost", { error: cause });
    lost.add(redis);
  });
  redis.on("ready", () => {
    cause = undefined;
    if (lost.delete(redis) && lost.size === 0) log.info("redis connection restored");
  });
  redis.on("end", () => lost.delete(redis));
}

/**
 * Runs Redis work and turns "Redis is away" into a fault that is retried. A reply of the server that names
 * our own mistake (WRONGTYPE, a script error) stays what it is: a bug, and so does one that answers the caller (no such
 * consumer group). Any other refusal is the server's or its operator's: it loads, is full, has changed a password or a
 * permission, has moved. None says that a message is wrong.
 */
export async function redisCall<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (
      cause instanceof Error &&
      cause.name === "ReplyError" &&
      ABOUT_THE_CALL.test(cause.message)
    ) {
      throw cause;
    }
    throw new Fault("UNAVAILABLE", { cause });
  }
}

/** `ERR` is also said to a connection that is one too many, before it is closed. */
const ABOUT_THE_CALL =
  /^(?:WRONGTYPE|CROSSSLOT|EXECABORT|NOTBUSY|NOGROUP|BUSYGROUP|ERR(?! max number of clients)\b)/;
