import amqp, { type ChannelModel } from "amqplib";
import type { Redis } from "ioredis";
import { systemClock } from "#lib/clock/clock.ts";
import { connectDatabase, type Database } from "#lib/db/client.ts";
import { createLogger, type Logger } from "#lib/log/logger.ts";
import { assertTopology } from "#lib/queue/assert-topology.ts";
import { ConfirmedChannel } from "#lib/queue/confirmed-channel.ts";
import { connectRedis } from "#lib/redis/client.ts";
import type { EndScanDeps } from "#lib/scan/end-scan.ts";
import { createResultStore } from "#lib/scan-store/result-store.ts";
import { createScanStore } from "#lib/scan-store/scan-store.ts";
import type { ServiceUrls } from "../services/service.ts";

/** Connections of one operator's command. */
export interface Session {
  /** Of this command alone: what it holds unsettled goes back to its queue when it ends. */
  readonly confirmed: ConfirmedChannel;
  readonly redis: Redis;
  readonly database: Database;
  readonly ending: EndScanDeps;
  /** To standard error: standard output is what the command was asked for. */
  readonly log: Logger;
}

const connectTimeoutMs = 6_000;

export async function withSession<T>(
  urls: ServiceUrls,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const log = createLogger("dlq", "info", (line) => process.stderr.write(line));
  const broker = await connectRabbit(urls.AMQP_URL);
  const redis = await connectRedis(urls.REDIS_URL, log);
  const database = await connectDatabase(urls.DATABASE_URL);
  try {
    const channel = await broker.createConfirmChannel();
    await assertTopology(channel);
    const ending = {
      events: createScanStore(redis, systemClock),
      results: createResultStore(database),
      clock: systemClock,
    };
    return await work({
      confirmed: new ConfirmedChannel(channel),
      redis,
      database,
      ending,
      log,
    });
  } finally {
    await Promise.allSettled([broker.close(), redis.quit(), database.close()]);
  }
}

/** @throws Error naming `AMQP_URL`; the driver's own may have no message at all. */
export async function connectRabbit(url: string): Promise<ChannelModel> {
  try {
    const broker = await amqp.connect(url, { timeout: connectTimeoutMs });
    // Without a listener a lost connection would end the process in the middle.
    broker.on("error", () => undefined);
    return broker;
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    const text = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`AMQP_URL: RabbitMQ cannot be used (${text || code})`, { cause });
  }
}
