import type { Redis } from "ioredis";
import { Histogram } from "prom-client";
import { createReadChatLog } from "#lib/chat-store/read-chat.ts";
import { readStoredChat } from "#lib/chat-store/stored-chat.ts";
import type { Database } from "#lib/db/client.ts";
import type { App } from "#lib/http/create-app.ts";
import { StreamLimits } from "#lib/http/stream-limits.ts";
import type { Logger } from "#lib/log/logger.ts";
import { observedGauge } from "#lib/process/observed-gauge.ts";
import type { ProcessScope } from "#lib/process/run-process.ts";
import { connectRedis } from "#lib/redis/client.ts";
import { readReplay, readState } from "#lib/scan-store/read-scan.ts";
import { readStoredScan } from "#lib/scan-store/result-store.ts";
import { linkActiveSpan } from "#lib/trace/span.ts";
import { openBody } from "./adapters/client-body.ts";
import { chatFeed, scanFeed } from "./adapters/feeds.ts";
import { createEventsRoutes } from "./adapters/http.ts";
import { PublishedEvents } from "./adapters/published-events.ts";
import { ShardTailer } from "./adapters/shard-tailer.ts";
import { chatReplay } from "./chat-replay.ts";
import { createRevokedCloser, type RevokedSessions } from "./close-revoked.ts";
import type { EventsConfig } from "./config.ts";
import { Hub } from "./hub.ts";
import type { LiveSource, LiveSourceDeps } from "./live-source.ts";
import { readFrames } from "./open-stream.ts";
import { toFrame } from "./stream.ts";

/** Proxies cut connections that are quiet for 30 to 60 s. */
const keepAliveMs = 15_000;
const keepAliveTurns = 60;
const closeRevokedEveryMs = 250;

const lag = new Histogram({
  name: "eco2_stream_lag_seconds",
  help: "Age of the oldest event of a read, from Redis' clock to ours",
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60],
});
const observeReadAge = observedGauge(
  "eco2_stream_read_age_seconds",
  "Since the event streams were last read, or heard of, which happens once a second even where nothing does",
);
const observeStreams = observedGauge("eco2_sse_streams", "Event streams open in this process");

/** The event streams over real connections, for their own process and for edge. */
export async function eventsRoutes(
  config: Pick<EventsConfig, keyof SourceConfig | "STREAMS_PER_USER" | "STREAMS_MAX">,
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
): Promise<{ routes: App; isLive: () => boolean; closeStreams: () => void }> {
  const hub = new Hub();
  const replay = async (jobId: string) => (await readReplay(redis, jobId)).map(toFrame);
  const storedResult = (jobId: string) => readStoredScan(database, jobId);
  const chatHub = new Hub();
  const chatLog = createReadChatLog(redis);
  const scans = scanFeed(hub, (jobId) => readFrames({ replay, storedResult }, jobId), log);
  const chats = chatFeed(chatHub, async (jobId) => chatReplay(await chatLog(jobId)));
  const source = await openSource(config, { redis, feeds: [scans, chats], log });
  await source.start();
  observeReadAge(() => source.readAgeMs() / 1_000);
  scope.onStop("live events", () => source.stop());
  const hubs = [hub, chatHub];
  observeStreams(() => hubs.reduce((sum, { size }) => sum + size, 0));
  const keepAlive = setInterval(() => {
    for (const one of hubs) one.keepAlive(keepAliveTurns);
  }, keepAliveMs / keepAliveTurns);
  scope.onStop("keep-alive", () => clearInterval(keepAlive));
  const revoked = setInterval(createRevokedCloser(hubs, revocations), closeRevokedEveryMs);
  scope.onStop("revoked streams", () => clearInterval(revoked));
  const routes = createEventsRoutes({
    hub,
    follow: (jobId) => source.follow(scans.streamOf(jobId)),
    chatHub,
    followChat: (jobId) => source.follow(chats.streamOf(jobId)),
    chatLog,
    storedChatLog: (jobId) => readStoredChat(database, jobId),
    revocations,
    replay,
    state: async (jobId) => {
      const state = await readState(redis, jobId);
      linkActiveSpan(state?.traceparent);
      return state;
    },
    storedResult,
    openBody,
    limits: new StreamLimits({ perUser: config.STREAMS_PER_USER, overall: config.STREAMS_MAX }),
  });
  return {
    routes,
    isLive: () => source.isLive(),
    closeStreams: () => {
      for (const one of hubs) one.closeAll();
    },
  };
}

type SourceConfig = Pick<
  EventsConfig,
  "REDIS_URL" | "REDIS_PREFIX" | "EVENTS_SOURCE" | "PUBSUB_REDIS_URL"
>;

async function openSource(
  config: SourceConfig,
  { redis, feeds, log }: Pick<LiveSourceDeps, "feeds"> & { redis: Redis; log: Logger },
): Promise<LiveSource> {
  const { REDIS_URL, REDIS_PREFIX, EVENTS_SOURCE, PUBSUB_REDIS_URL } = config;
  const deps = { feeds, observeLag: (ms: number) => lag.observe(ms / 1_000), log };
  if (EVENTS_SOURCE === "pubsub" && PUBSUB_REDIS_URL !== undefined) {
    const pubsub = await connectRedis(PUBSUB_REDIS_URL, log, "", "PUBSUB_REDIS_URL");
    return new PublishedEvents({ ...deps, redis, pubsub });
  }
  return new ShardTailer({ ...deps, redis: await connectRedis(REDIS_URL, log, REDIS_PREFIX) });
}
