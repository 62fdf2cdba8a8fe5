import { systemClock } from "#lib/clock/clock.ts";
import { createLogger } from "#lib/log/logger.ts";
import { connectRedis } from "#lib/redis/client.ts";
import { createScanStore } from "#lib/scan-store/scan-store.ts";
import { scanMessage } from "#lib/testing/scan-message.ts";
import type { ServiceUrls } from "../services/service.ts";
import { forEachAtOnce } from "./for-each-at-once.ts";
import { openPublisher } from "./publisher.ts";

const atOnceMax = 256;

export type ScanSource = Awaited<ReturnType<typeof openScanSource>>;

/** Queues scans as `POST /scan` leaves them: `queued`, then confirmed by the broker. Each of its own user. */
export async function openScanSource(
  urls: ServiceUrls,
  image_url = "https://images.example/scan/0198c1f2a7e07c3fb1d54a9e6f20c8d3.jpg",
) {
  const redis = await connectRedis(urls.REDIS_URL, createLogger("bench", "error"));
  const publisher = await openPublisher(urls);
  const scans = createScanStore(redis, systemClock);
  const queueOne = async (): Promise<void> => {
    const message = scanMessage({ image_url, user_input: "이거 어떻게 버려요?" });
    await scans.emitQueued(message);
    await publisher.publish("scan.vision", message);
  };
  return {
    queue: (jobs: number): Promise<void> =>
      forEachAtOnce(atOnceMax, Array.from({ length: jobs }), queueOne),
    [Symbol.asyncDispose]: async (): Promise<void> => {
      await publisher[Symbol.asyncDispose]();
      redis.disconnect();
    },
  };
}
