import type { Redis } from "ioredis";
import type { Logger } from "#lib/log/logger.ts";
import { keyPrefixOf } from "#lib/redis/client.ts";
import { readCancelled } from "#lib/scan-store/read-scan.ts";
import { cancelChannel } from "#lib/scan-store/scan-keys.ts";
import type { RunningScans } from "../cancellable.ts";

const retryDelayMs = 250;
const jobsPerReadMax = 500;

/**
 * Follows the cancel notices over a connection of its own, which can do nothing else while subscribed.
 * Redis keeps no notice for a lost connection, so after every reconnect the cancel requests of the running
 * jobs are read over `redis`.
 */
export async function followCancels(
  subscriber: Redis,
  { redis, running, log }: { redis: Redis; running: RunningScans; log: Logger },
): Promise<void> {
  const channel = keyPrefixOf(redis) + cancelChannel;
  subscriber.on("message", (_, jobId) => running.cancel(jobId));
  subscriber.on("ready", () => void catchUp());
  await subscriber.subscribe(channel);

  async function catchUp(): Promise<void> {
    // When the connection is lost again, its next `ready` starts over.
    while (subscriber.status === "ready") {
      try {
        await subscriber.subscribe(channel);
        return await readRequests(redis, running);
      } catch (error) {
        log.debug("cancels could not be read", { error });
        await Bun.sleep(retryDelayMs);
      }
    }
  }
}

async function readRequests(redis: Redis, running: RunningScans): Promise<void> {
  const { jobIds } = running;
  for (let at = 0; at < jobIds.length; at += jobsPerReadMax) {
    const batch = jobIds.slice(at, at + jobsPerReadMax);
    for (const jobId of await readCancelled(redis, batch)) running.cancel(jobId);
  }
}
