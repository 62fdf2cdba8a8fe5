import { userInfo } from "node:os";
import type { ChannelModel } from "amqplib";
import type { Redis } from "ioredis";
import { createChatStore } from "#lib/chat-store/chat-store.ts";
import { createMessageStore } from "#lib/chat-store/message-store.ts";
import { systemClock } from "#lib/clock/clock.ts";
import { connectDatabase, type Database } from "#lib/db/client.ts";
import { createLogger, type Logger } from "#lib/log/logger.ts";
import { assertTopology } from "#lib/queue/assert-topology.ts";
import { connectRedis } from "#lib/redis/client.ts";
import { createResultStore } from "#lib/scan-store/result-store.ts";
import { createScanStore } from "#lib/scan-store/scan-store.ts";
import { createAudit } from "./adapters/postgres.ts";
import { connectRabbit, openQueues } from "./adapters/rabbit.ts";
import { createScansInRedis } from "./adapters/redis.ts";
import type { DlqConfig } from "./config.ts";
import type { Queues } from "./queues.ts";
import type { RedriveDeps } from "./settle-dead-letters.ts";

/** What works on dead letters. What it holds unsettled goes back to its queue when its connection ends. */
export interface Session extends Queues, RedriveDeps {}

export async function withSession<T>(
  config: DlqConfig,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  // To standard error: standard output is what the command was asked for.
  const log = createLogger("dlq", "info", (line) => process.stderr.write(line));
  const closers: (() => Promise<unknown>)[] = [];
  try {
    const broker = await connectRabbit(config.AMQP_URL);
    closers.push(() => broker.close());
    const redis = await connectRedis(config.REDIS_URL, log, config.REDIS_PREFIX);
    closers.push(() => redis.quit());
    const database = await connectDatabase(config.DATABASE_URL);
    closers.push(database.close);
    await assertTopology(await broker.createChannel(), config.AMQP_TOPOLOGY);
    return await work(await openSession({ broker, redis, database }, { who: userName(), log }));
  } finally {
    await Promise.allSettled(closers.map((close) => close()));
  }
}

interface Connections {
  readonly broker: ChannelModel;
  readonly redis: Redis;
  readonly database: Database;
}

/** @param audited who acts, for `ops.audit` and the log */
export async function openSession(
  { broker, redis, database }: Connections,
  audited: { readonly who: string; readonly log: Logger },
): Promise<Session> {
  return {
    ...(await openQueues(broker)),
    hasCheckpoint: createScansInRedis(redis).hasCheckpoint,
    ending: {
      events: createScanStore(redis, systemClock),
      results: createResultStore(database),
      chats: {
        events: createChatStore(redis, systemClock),
        messages: createMessageStore(database, systemClock),
      },
      clock: systemClock,
    },
    audit: createAudit(database, audited),
  };
}

/** By uid as well: a name can be given anew, and a container may run as a number that has none. */
export function userName(): string {
  const uid = `uid ${process.getuid?.() ?? "unknown"}`;
  try {
    return `${userInfo().username} (${uid})`;
  } catch {
    return uid;
  }
}
