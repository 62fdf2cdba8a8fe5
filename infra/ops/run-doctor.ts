import { connectUnmigrated } from "#lib/db/client.ts";
import { createLogger } from "#lib/log/logger.ts";
import { connectRedis } from "#lib/redis/client.ts";
import type { ServiceUrls } from "../services/service.ts";
import { type Check, look, Unreachable } from "./check.ts";
import { checkMigrations } from "./check-migrations.ts";
import { checkOwnerships } from "./check-ownerships.ts";
import { checkConsumers, checkDeadLetters, checkWaiting } from "./check-queues.ts";
import { checkRevocations } from "./check-revocations.ts";
import { checkRedisBytes, checkResults, checkScansEnd, readScans } from "./check-scans.ts";
import { checkBindings, checkTopology } from "./check-topology.ts";
import { connectRabbit } from "./dead-letter-session.ts";

export interface DoctorOptions {
  /** Origin of RabbitMQ's management API; default port 15672 beside the broker. */
  readonly managementUrl?: string | undefined;
}

/**
 * Looks at a running system and compares it with what it guarantees. Changes nothing.
 *
 * @throws Unreachable naming the service that does not answer.
 */
export async function runDoctor(
  urls: ServiceUrls,
  { managementUrl }: DoctorOptions = {},
): Promise<Check[]> {
  const silent = createLogger("doctor", "error", () => undefined);
  const closers: (() => Promise<unknown>)[] = [];
  try {
    const database = await reach(connectUnmigrated(urls.DATABASE_URL));
    closers.push(database.close);
    const redis = await reach(connectRedis(urls.REDIS_URL, silent));
    closers.push(() => redis.quit());
    const broker = await reach(connectRabbit(urls.AMQP_URL));
    closers.push(() => broker.close());
    const scans = await reach(readScans(redis));
    return [
      await look("scans end", () => checkScansEnd({ broker, redis }, scans)),
      await look("results", () => checkResults({ redis, database }, scans)),
      await look("ownerships", () => checkOwnerships({ broker, database })),
      await look("revocations", () => checkRevocations(database)),
      await look("consumers", () => checkConsumers(broker)),
      await look("topology", () => checkTopology(broker)),
      await look("bindings", () => checkBindings(urls.AMQP_URL, managementUrl)),
      await look("waiting", () => checkWaiting(broker)),
      await look("dead letters", () => checkDeadLetters(broker)),
      await look("redis bytes", () => checkRedisBytes(redis, scans)),
      await look("migrations", () => checkMigrations(database)),
    ];
  } finally {
    await Promise.allSettled(closers.map((close) => close()));
  }
}

async function reach<T>(connecting: Promise<T>): Promise<T> {
  try {
    return await connecting;
  } catch (cause) {
    throw new Unreachable(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
