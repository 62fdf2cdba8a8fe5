import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Redis } from "ioredis";
import type { ChatMessage } from "#lib/chat/chat-message.ts";
import { createChatStore } from "#lib/chat-store/chat-store.ts";
import { systemClock } from "#lib/clock/clock.ts";
import { connectRedis } from "#lib/redis/client.ts";
import { type RedisPair, startRedisPair } from "#lib/testing/redis-pair.ts";
import { hasRedisServer } from "#lib/testing/redis-server.ts";
import { scanMessage } from "#lib/testing/scan-message.ts";
import { silentLog } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";
import { scanKeys } from "./scan-keys.ts";
import { createScanStore } from "./scan-store.ts";

const scan = scanMessage();
const chat: ChatMessage = {
  job_id: Bun.randomUUIDv7(),
  chat_id: Bun.randomUUIDv7(),
  message_id: Bun.randomUUIDv7(),
  user_id: "u",
  message: "페트병?",
  image_url: null,
  location: null,
  model: null,
  submitted_at: Date.now(),
};
const kinds = {
  scan: {
    jobId: scan.job_id,
    queue: (redis: Redis) => createScanStore(redis, systemClock).emitQueued(scan),
    begin: (redis: Redis) =>
      createScanStore(redis, systemClock).begin({ message: scan, epoch: 0 }, "vision"),
  },
  chat: {
    jobId: chat.job_id,
    queue: (redis: Redis) => createChatStore(redis, systemClock).emitQueued(chat),
    begin: (redis: Redis) => createChatStore(redis, systemClock).begin({ message: chat, epoch: 0 }),
  },
};

/** Its publish had no confirm, so its message comes later, to a worker that asks the new primary. */
describe.skipIf(!hasRedisServer).each(Object.entries(kinds))(
  "a refused %s whose message comes",
  (_, { jobId, queue, begin }) => {
    let pair: RedisPair;
    let redis: Redis;
    beforeEach(async () => {
      pair = await startRedisPair();
      redis = await connectRedis(pair.address.url, silentLog);
    });
    afterEach(async () => {
      redis.disconnect();
      await pair.stop();
    });

    test("does not begin, though its mark was at first with a primary that was deposed", async () => {
      const retract = await queue(redis);
      await pair.caughtUp();
      pair.partReplica();
      const retracting = retract(true);
      await until(() => pair.primary.admin.exists(scanKeys.cancel(jobId)));
      const { admin } = await pair.failOver();
      expect(await retracting).toBe(true);
      expect(await begin(admin)).toBe("over");
    });

    /** Retracts it while every connection to Redis is refused. */
    async function retractAway(): Promise<{ retracting: Promise<boolean> }> {
      const retract = await queue(redis);
      pair.address.refuse();
      pair.address.reset();
      await until(() => redis.status !== "ready");
      const { accepted } = pair.address;
      const retracting = retract(true);
      await until(() => pair.address.accepted > accepted + 1);
      return { retracting };
    }

    test("does not begin, though Redis was away when it was to be refused", async () => {
      const { retracting } = await retractAway();
      pair.address.heal();
      expect(await retracting).toBe(true);
      expect(await begin(pair.primary.admin)).toBe("over");
    });

    test("runs when it is sent again, though its mark was still there after a failover", async () => {
      await (await queue(redis))(true);
      pair.partReplica();
      const again = queue(redis);
      await until(async () => (await pair.primary.admin.exists(scanKeys.cancel(jobId))) === 0);
      const { admin } = await pair.failOver();
      await again;
      expect(await begin(admin)).not.toBe("over");
    });

    test("is not refused when it has begun before Redis is back", async () => {
      const { retracting } = await retractAway();
      await begin(pair.primary.admin);
      pair.address.heal();
      expect(await retracting).toBe(false);
    });
  },
);
