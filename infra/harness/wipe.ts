import { connect } from "amqplib";
import { Redis } from "ioredis";
import { assertTopology } from "#lib/queue/assert-topology.ts";
import { QUEUES } from "#lib/queue/topology.ts";
import type { ServiceUrls } from "../services/service.ts";
import { openPostgres } from "./open-postgres.ts";

/** Forgets all scans, grants and messages, so that every run starts from the same state. */
export async function wipe(urls: ServiceUrls): Promise<void> {
  await using sql = openPostgres(urls);
  await sql`truncate scan.scans, character.character_ownerships, users.user_characters
    restart identity`;
  const redis = new Redis(urls.REDIS_URL);
  const broker = await connect(urls.AMQP_URL);
  try {
    await redis.flushdb();
    const channel = await broker.createChannel();
    await assertTopology(channel);
    for (const { name } of QUEUES) await channel.purgeQueue(name);
  } finally {
    redis.disconnect();
    await broker.close();
  }
}
