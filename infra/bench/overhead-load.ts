import { systemClock } from "#lib/clock/clock.ts";
import { createLogger } from "#lib/log/logger.ts";
import { connectBroker } from "#lib/queue/broker.ts";
import { createPublisher } from "#lib/queue/publisher.ts";
import { connectRedis } from "#lib/redis/client.ts";
import { createScanStore } from "#lib/scan-store/scan-store.ts";
import { continueTrace } from "#lib/trace/trace-context.ts";
import type { ServiceUrls } from "../services/service.ts";
import { forEachAtOnce } from "./for-each-at-once.ts";

const atOnceMax = 256;
const log = createLogger("bench", "error");

export type ScanSource = Awaited<ReturnType<typeof openScanSource>>;

/** Queues scans as `POST /scan` leaves them: `queued`, then confirmed by the broker. Each of its own user. */
export async function openScanSource(
  urls: ServiceUrls,
  imageUrl = "https://images.example/scan/0198c1f2a7e07c3fb1d54a9e6f20c8d3.jpg",
) {
  const redis = await connectRedis(urls.REDIS_URL, log);
  const broker = await connectBroker(urls.AMQP_URL, log);
  const publisher = await createPublisher(broker);
  const scans = createScanStore(redis, systemClock);
  const queueOne = async (): Promise<void> => {
    const message = {
      job_id: Bun.randomUUIDv7(),
      user_id: `user-${crypto.randomUUID()}`,
      image_url: imageUrl,
      user_input: "이거 어떻게 버려요?",
      model: "gpt-5.2",
      submitted_at: Date.now(),
    };
    await scans.emitQueued(message);
    const headers = { traceparent: continueTrace(undefined), epoch: 0, attempt: 0 };
    await publisher.publish("scan.vision", message, headers);
  };
  return {
    queue: (jobs: number): Promise<void> =>
      forEachAtOnce(atOnceMax, Array.from({ length: jobs }), queueOne),
    [Symbol.asyncDispose]: async (): Promise<void> => {
      await publisher.close();
      await broker.close();
      redis.disconnect();
    },
  };
}
