import { type Channel, connect } from "amqplib";
import { Redis } from "ioredis";
import { assertTopology } from "#lib/queue/assert-topology.ts";
import { QUEUES } from "#lib/queue/topology.ts";
import { openPostgres } from "#lib/testing/open-postgres.ts";
import type { ServiceUrls } from "#lib/testing/services.ts";

/** Forgets all scans, grants and messages of services that nobody else uses. */
export async function wipe(urls: ServiceUrls): Promise<void> {
  await using sql = openPostgres(urls);
  await sql`truncate scan.scans, scan.feedback, character.character_ownerships, users.user_characters
    restart identity`;
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
