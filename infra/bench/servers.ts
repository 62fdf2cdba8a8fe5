import { join } from "node:path";
import amqp from "amqplib";
import { Redis } from "ioredis";
import postgres from "postgres";
import { migrate } from "#lib/db/migrate.ts";
import { assertTopology } from "#lib/queue/assert-topology.ts";
import { QUEUES } from "#lib/queue/topology.ts";
import { bringUpOwn } from "../harness/own-servers.ts";
import { projectFolder } from "../services/ensure-services.ts";
import { SERVICE_NAMES, type ServiceUrls } from "../services/service.ts";
import type { ProcessGroup } from "./process-usage.ts";

/** Everything the benchmarks write: data of their own servers, logs, reports. */
export const benchFolder = join(projectFolder, ".local/bench");

export interface Servers {
  readonly urls: ServiceUrls;
  readonly processes: readonly ProcessGroup[];
  /** Stops what this run has started; data stays. */
  stop(): Promise<void>;
}

/** PostgreSQL, Redis and RabbitMQ as `bun run services` would set them up, with the current schema. */
export async function bringUpServers(log: (line: string) => void): Promise<Servers> {
  const servers = await bringUpOwn(benchFolder, log);
  try {
    await migrate(servers.urls.DATABASE_URL);
  } catch (error) {
    await servers.stop();
    throw error;
  }
  const processes = SERVICE_NAMES.flatMap((name) => {
    const [oldest] = servers.processes(name);
    return oldest ? [{ name, pid: oldest.pid }] : [];
  });
  return { urls: servers.urls, processes, stop: servers.stop };
}

/** Forgets all scans and grants, so that every run starts from the same state. */
export async function wipe(urls: ServiceUrls): Promise<void> {
  const redis = new Redis(urls.REDIS_URL);
  const sql = postgres(urls.DATABASE_URL, { max: 1, onnotice: () => undefined });
  const broker = await amqp.connect(urls.AMQP_URL);
  try {
    await redis.flushdb();
    const channel = await broker.createChannel();
    await assertTopology(channel);
    for (const { name } of QUEUES) await channel.purgeQueue(name);
    await sql`truncate scan.scans, character.character_ownerships, users.user_characters`;
  } finally {
    redis.disconnect();
    await broker.close();
    await sql.end({ timeout: 2 });
  }
}
