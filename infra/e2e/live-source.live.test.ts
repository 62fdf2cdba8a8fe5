import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Redis } from "ioredis";
import type { ChatJob } from "#lib/chat/chat-message.ts";
import { createChatStore } from "#lib/chat-store/chat-store.ts";
import { createReadChatLog } from "#lib/chat-store/read-chat.ts";
import { ROUTED } from "#lib/fan-out/routed-streams.ts";
import { connectRedis } from "#lib/redis/client.ts";
import { type ScanStep, scanEvent } from "#lib/scan/scan-event.ts";
import { createEventLog } from "#lib/scan-store/emit-events.ts";
import { readReplay, readState } from "#lib/scan-store/read-scan.ts";
import { scanKeys, shardCount, shardOf } from "#lib/scan-store/scan-keys.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";
import { createRoutedStreams } from "../../services/event-router/adapters/routed-streams.ts";
import { RouterLoop } from "../../services/event-router/adapters/router-loop.ts";
import { EventRouter } from "../../services/event-router/event-router.ts";
import { chatFeed, scanFeed } from "../../services/events/adapters/feeds.ts";
import { PublishedEvents } from "../../services/events/adapters/published-events.ts";
import { ShardTailer } from "../../services/events/adapters/shard-tailer.ts";
import { chatReplay } from "../../services/events/chat-replay.ts";
import { Hub } from "../../services/events/hub.ts";
import type { LiveSource, LiveSourceDeps } from "../../services/events/live-source.ts";
import { openChatStream } from "../../services/events/open-chat-stream.ts";
import { openStream } from "../../services/events/open-stream.ts";
import { toFrame } from "../../services/events/stream.ts";

/** What both sources of live events hold, behind the verbs that open streams: whatever happens to the connections. */

const ended: ScanStep[] = [
  { stage: "queued", status: "started" },
  { stage: "vision", status: "started" },
  { stage: "vision", status: "completed" },
  { stage: "rule", status: "started" },
  { stage: "rule", status: "completed" },
  { stage: "done", status: "completed" },
];
const allSeqs = [0, 10, 11, 20, 21, 51];

interface Source {
  readonly source: LiveSource;
  /** Connections that live events come by. */
  readonly connections: readonly Redis[];
  stop(): Promise<void>;
}
const connect = () => connectRedis(serviceUrls.REDIS_URL, silentLog);

async function readStreams(deps: LiveSourceDeps): Promise<Source> {
  const redis = await connect();
  const source = new ShardTailer({ ...deps, redis, log: silentLog });
  return { source, connections: [redis], stop: () => source.stop() };
}

async function hearRouter(deps: LiveSourceDeps): Promise<Source> {
  const [redis, pubsub, routed, publishing, bell] = await Promise.all([
    ...[connect(), connect(), connect(), connect(), connect()],
  ]);
  if (!(redis && pubsub && routed && publishing && bell)) throw new Error("not connected");
  const source = new PublishedEvents({ ...deps, redis, pubsub, log: silentLog, silenceMs: 2_000 });
  const streams = createRoutedStreams(routed, publishing);
  const loop = new RouterLoop(new EventRouter(streams.deps), bell, silentLog);
  loop.start();
  const stop = async () => {
    await source.stop();
    await loop.stop();
    await streams.leave();
    for (const one of [redis, routed, publishing]) one.disconnect();
  };
  return { source, connections: [pubsub, routed, publishing, bell], stop };
}

describe.each([
  ["the streams", readStreams],
  ["an event router", hearRouter],
] as const)("live events from %s", (_, open) => {
  let redis: Redis;
  let hub: Hub;
  let chatHub: Hub;
  let live: Source;

  beforeAll(async () => {
    redis = await connect();
  });
  beforeEach(async () => {
    [hub, chatHub] = [new Hub(), new Hub()];
    const feeds = [scanFeed(hub, replay, silentLog), chatFeed(chatHub, readChat)];
    live = await open({ feeds, observeLag: () => undefined });
    await live.source.start();
  });
  afterEach(() => live.stop());
  afterAll(() => redis.disconnect());

  const replay = async (jobId: string) => (await readReplay(redis, jobId)).map(toFrame);
  const readChat = async (jobId: string) => chatReplay(await createReadChatLog(redis)(jobId));
  const emit = (jobId: string, ...updates: ScanStep[]) => {
    const events = updates.map((one) => scanEvent({ id: jobId, epoch: 0 }, one, Date.now()));
    return createEventLog(redis).emit("u", events);
  };

  /** A client's text so far. */
  function client() {
    const decoder = new TextDecoder();
    const sink = {
      text: "",
      isOver: false,
      seqs: () => [...sink.text.matchAll(/^id: (\d+)$/gm)].map(([, seq]) => Number(seq)),
      write: (bytes: Uint8Array) => {
        sink.text += decoder.decode(bytes);
        return true;
      },
      end: () => {
        sink.isOver = true;
      },
    };
    return sink;
  }

  async function follow(jobId: string) {
    const sink = client();
    const stream = await openStream(
      {
        hub,
        follow: () => live.source.follow(scanKeys.events(shardOf(jobId))),
        state: (id) => readState(redis, id),
        replay,
        storedResult: async () => undefined,
      },
      { userId: "u", jobId, afterSeq: -1 },
    );
    stream?.(sink);
    return sink;
  }

  test("of every shard are seen once and in order, whenever a client comes", async () => {
    const jobs = Array.from({ length: 40 }, (_, i) => jobOfShard(i % shardCount));
    const clients = await Promise.all(
      jobs.map(async (jobId, i) => {
        await emit(jobId, ...ended.slice(0, 1));
        const follows = Promise.resolve().then(async () => {
          await Bun.sleep((i * 7) % 50);
          return follow(jobId);
        });
        for (const update of ended.slice(1)) {
          await Bun.sleep((i * 5) % 30);
          await emit(jobId, update);
        }
        return follows;
      }),
    );
    await until(() => clients.every(({ isOver }) => isOver));
    expect(clients.map(({ seqs }) => seqs())).toEqual(jobs.map(() => allSeqs));
  }, 20_000);

  test("of an answer come to the character", async () => {
    const store = createChatStore(redis, { now: () => Date.now() });
    const leave = await store.keepLeases();
    const job = newAnswer();
    await store.emitQueued(job.message);
    const held = await store.begin(job);
    if (held === "over" || "end" in held) return expect.unreachable();
    const sink = client();
    const stream = await openChatStream(
      {
        chatHub,
        followChat: () => live.source.follow("chat:events"),
        chatLog: createReadChatLog(redis),
        storedChatLog: async () => undefined,
      },
      { userId: "u", jobId: job.message.job_id, afterSeq: -1 },
    );
    stream?.(sink);
    let text = "";
    for (let i = 0; i < 30; i++) {
      const piece = `${i}번째 조각, `;
      text += piece;
      held.write(piece);
      await held.flush();
      if (i === 15) for (const one of live.connections) await cut(one);
    }
    const shown = () => {
      let all = "";
      for (const [, name, data = ""] of sink.text.matchAll(/event: (\w+)\ndata: (.*)\n/g)) {
        if (name === "snapshot") all = JSON.parse(data).text;
        if (name === "token") all += JSON.parse(data).text;
      }
      return all;
    };
    await until(() => shown() === text);
    await leave();
  }, 20_000);

  test("whose connections are cut again and again are all seen, once", async () => {
    const jobs = Array.from({ length: 12 }, (_, i) => jobOfShard(i % shardCount));
    await Promise.all(jobs.map((jobId) => emit(jobId, ...ended.slice(0, 1))));
    const clients = await Promise.all(jobs.map(follow));
    for (const update of ended.slice(1)) {
      await Promise.all(jobs.map((jobId) => emit(jobId, update)));
      for (const one of live.connections) await cut(one);
    }
    await until(() => clients.every(({ isOver }) => isOver));
    expect(clients.map(({ seqs }) => seqs())).toEqual(jobs.map(() => allSeqs));
  }, 20_000);

  test("of streams that were wiped are sent from the logs", async () => {
    const jobId = jobOfShard(1);
    await emit(jobId, ...ended.slice(0, 1));
    const sink = await follow(jobId);
    await until(() => sink.seqs().length === 1);
    await Promise.all(live.connections.map(cut));
    await emit(jobId, ...ended.slice(1, 3));
    await redis.del(...ROUTED.map(({ stream }) => stream));
    await until(() => sink.seqs().length === 3);
    await emit(jobId, ...ended.slice(3));
    await until(() => sink.isOver);
    expect(sink.seqs()).toEqual(allSeqs);
  }, 20_000);

  test("that cannot be read hold nobody up", async () => {
    const jobId = jobOfShard(0);
    await emit(jobId, ...ended.slice(0, 1));
    const sink = await follow(jobId);
    await redis.xadd(scanKeys.events(0), "*", "job_id", jobId, "stage", "unheard of", "seq", "5");
    await emit(jobId, ...ended.slice(1));
    await until(() => sink.isOver);
    expect([sink.seqs(), live.source.isLive()]).toEqual([allSeqs, true]);
  });

  /** On the server's side; one that is just connecting again has nothing to cut. */
  async function cut(connection: Redis): Promise<void> {
    const local = connection.stream.address();
    if (!("port" in local)) return;
    await redis
      .client("KILL", "ADDR", `127.0.0.1:${local.port}`)
      .catch(() => "no such client any more");
  }
});

function jobOfShard(shard: number): string {
  for (;;) {
    const jobId = Bun.randomUUIDv7();
    if (shardOf(jobId) === shard) return jobId;
  }
}

function newAnswer(): ChatJob {
  const ids = { job_id: Bun.randomUUIDv7(), chat_id: Bun.randomUUIDv7() };
  const said = { message: "페트병?", image_url: null, location: null, model: null };
  return {
    message: {
      ...ids,
      message_id: Bun.randomUUIDv7(),
      user_id: "u",
      ...said,
      submitted_at: Date.now(),
    },
    epoch: 0,
  };
}
