import { type Channel, connect } from "amqplib";
import { Redis } from "ioredis";
import { migrate } from "#lib/db/migrate.ts";
import { assertTopology } from "#lib/queue/assert-topology.ts";
import { QUEUES } from "#lib/queue/topology.ts";
import { openPostgres } from "#lib/testing/open-postgres.ts";
import type { ServiceUrls } from "#lib/testing/services.ts";

/**
 * Makes services that nobody else uses what they are after the first migration: their databases outlive a suite,
 * and what one has written or deleted, a character of the catalogue as well, is not to be found by the next.
 */
export async function wipe(urls: ServiceUrls): Promise<void> {
  await using sql = openPostgres(urls);
  const tables = await sql<{ name: string }[]>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname not in ('drizzle', 'information_schema') and schemaname not like 'pg\\_%'`;
  await sql.unsafe(`truncate ${tables.map(({ name }) => name).join(", ")} restart identity`);
  await migrate(urls.DATABASE_URL);
  await wipeRedis(urls.REDIS_URL);
  await withChannel(urls.AMQP_URL, async (channel) => {
    await assertTopology(channel);
    await purgeQueues(channel);
  });
}

export async function wipeRedis(url: string): Promise<void> {
  const redis = new Redis(url);
  try {
    await redis.flushdb();
  } finally {
    redis.disconnect();
  }
}

export async function purgeQueues(channel: Channel): Promise<void> {
  for (const { name } of QUEUES) await channel.purgeQueue(name);
}

export async function withChannel<T>(
  url: string,
  use: (channel: Channel) => Promise<T>,
): Promise<T> {
  const connection = await connect(url);
  try {
    return await use(await connection.createChannel());
  } finally {
    await connection.close();
  }
}
