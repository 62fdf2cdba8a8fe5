import type { Redis } from "ioredis";
import { createReadChatLog } from "#lib/chat-store/read-chat.ts";
import { readStoredChat } from "#lib/chat-store/stored-chat.ts";
import type { Database } from "#lib/db/client.ts";
import type { App } from "#lib/http/create-app.ts";
import type { Logger } from "#lib/log/logger.ts";
import { observedGauge } from "#lib/process/observed-gauge.ts";
import type { ProcessScope } from "#lib/process/run-process.ts";
import { connectRedis } from "#lib/redis/client.ts";
import { readReplay, readState } from "#lib/scan-store/read-scan.ts";
import { readStoredScan } from "#lib/scan-store/result-store.ts";
import { openBody } from "./adapters/client-body.ts";
import { createEventsRoutes } from "./adapters/http.ts";
import { chatFeed, ShardTailer, scanFeed } from "./adapters/shard-tailer.ts";
import { chatReplay } from "./chat-replay.ts";
import { createRevokedCloser, type RevokedSessions } from "./close-revoked.ts";
import type { EventsConfig } from "./config.ts";
import { Hub } from "./hub.ts";
import { readFrames } from "./open-stream.ts";
import { toFrame } from "./stream.ts";
import { StreamLimits } from "./stream-limits.ts";

/** Proxies cut connections that are quiet for 30 to 60 s. */
const keepAliveMs = 15_000;
const keepAliveTurns = 60;
const closeRevokedEveryMs = 250;

const observeStreams = observedGauge("eco2_sse_streams", "Event streams open in this process");

/** The event streams over real connections, for their own process and for edge. */
export async function eventsRoutes(
  config: Pick<EventsConfig, "REDIS_URL" | "REDIS_PREFIX" | "STREAMS_PER_USER" | "STREAMS_MAX">,
  {
    database,
    redis,
    revocations,
    log,
    scope,
  }: {
    database: Database;
    redis: Redis;
    revocations: RevokedSessions;
    log: Logger;
    scope: ProcessScope;
  },
): Promise<{ routes: App; isTailing: () => boolean; closeStreams: () => void }> {
  const hub = new Hub();
  const replay = async (jobId: string) => (await readReplay(redis, jobId)).map(toFrame);
  const storedResult = (jobId: string) => readStoredScan(database, jobId);
  const chatHub = new Hub();
  const chatLog = createReadChatLog(redis);
  const tailer = new ShardTailer({
    redis: await connectRedis(config.REDIS_URL, log, config.REDIS_PREFIX),
    feeds: [scanFeed(hub, log), chatFeed(chatHub)],
    resync: async () => {
      await hub.resync((jobId) => readFrames({ replay, storedResult }, jobId));
      await chatHub.resync(async (jobId) => chatReplay(await chatLog(jobId)));
    },
    log,
  });
  const hubs = [hub, chatHub];
  await tailer.start();
  scope.onStop("tailer", () => tailer.stop());
  observeStreams(() => hubs.reduce((sum, { size }) => sum + size, 0));
  const keepAlive = setInterval(() => {
    for (const one of hubs) one.keepAlive(keepAliveTurns);
  }, keepAliveMs / keepAliveTurns);
  scope.onStop("keep-alive", () => clearInterval(keepAlive));
  const revoked = setInterval(createRevokedCloser(hubs, revocations), closeRevokedEveryMs);
  scope.onStop("revoked streams", () => clearInterval(revoked));
  const routes = createEventsRoutes({
    hub,
    chatHub,
    chatLog,
    storedChatLog: (jobId) => readStoredChat(database, jobId),
    revocations,
    replay,
    state: (jobId) => readState(redis, jobId),
    storedResult,
    openBody,
    limits: new StreamLimits({ perUser: config.STREAMS_PER_USER, overall: config.STREAMS_MAX }),
  });
  return {
    routes,
    isTailing: () => tailer.isTailing(),
    closeStreams: () => {
      for (const one of hubs) one.closeAll();
    },
  };
}
