import { systemClock } from "#lib/clock/clock.ts";
import { connectUnmigrated } from "#lib/db/client.ts";
import { createLogger } from "#lib/log/logger.ts";
import { readMemory } from "#lib/redis/check-memory.ts";
import { connectRedis } from "#lib/redis/client.ts";
import { checkMigrations } from "./adapters/migrations.ts";
import { findStoredResults, oldestPendingRevocationMs, readUnpaired } from "./adapters/postgres.ts";
import { connectRabbit, findStuckRetries, openQueues } from "./adapters/rabbit.ts";
import { createScansInRedis } from "./adapters/redis.ts";
import { checkBindings, checkTopology } from "./adapters/topology.ts";
import { type Check, look, Unreachable } from "./check.ts";
import { checkMemory } from "./check-memory.ts";
import { checkOwnerships } from "./check-ownerships.ts";
import { checkConsumers, checkDeadLetters, checkRetries, checkWaiting } from "./check-queues.ts";
import { checkRevocations } from "./check-revocations.ts";
import { checkKeyTypes, checkRedisBytes, checkResults, checkScansEnd } from "./check-scans.ts";
import type { DoctorConfig } from "./config.ts";

/**
 * Looks at a running system and compares it with what it guarantees. Changes nothing.
 *
 * @throws Unreachable naming the service that does not answer.
 */
export async function runChecks(config: DoctorConfig): Promise<Check[]> {
  const silent = createLogger("doctor", "error", () => undefined);
  const closers: (() => Promise<unknown>)[] = [];
  try {
    const database = await reach(connectUnmigrated(config.DATABASE_URL));
    closers.push(database.close);
    const redis = await reach(connectRedis(config.REDIS_URL, silent, config.REDIS_PREFIX));
    closers.push(() => redis.quit());
    const broker = await reach(connectRabbit(config.AMQP_URL));
    closers.push(() => broker.close());
    const queues = await openQueues(broker);
    const redisScans = createScansInRedis(redis);
    const scans = await reach(redisScans.readAll(systemClock.now()));
    const { readSeq, findCached, bytesOf } = redisScans;
    const { search } = queues;
    const findStored = (jobIds: readonly string[]) => findStoredResults(database, jobIds);
    const pendingMs = () => oldestPendingRevocationMs(database);
    const unpaired = { search, readUnpaired: () => readUnpaired(database) };
    const { AMQP_URL, RABBITMQ_MANAGEMENT_URL } = config;
    return [
      await look("scans end", () => checkScansEnd({ search, readSeq }, scans)),
      await look("results", () => checkResults({ findCached, findStored }, scans)),
      await look("ownerships", () => checkOwnerships(unpaired)),
      await look("revocations", () => checkRevocations(pendingMs)),
      await look("consumers", () => checkConsumers(queues)),
      await look("topology", () => checkTopology(broker)),
      await look("bindings", () => checkBindings(AMQP_URL, RABBITMQ_MANAGEMENT_URL)),
      await look("waiting", () => checkWaiting(queues, systemClock.now())),
      await look("retries", () => checkRetries(() => findStuckRetries(AMQP_URL, queues))),
      await look("dead letters", () => checkDeadLetters(queues, systemClock.now())),
      await look("redis keys", async () => checkKeyTypes(scans)),
      await look("redis bytes", () => checkRedisBytes(bytesOf, scans)),
      await look("redis memory", () => checkMemory(() => readMemory(redis))),
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
