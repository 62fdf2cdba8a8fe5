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

/** Queues scans as `POST /scan` leaves them: `queued`, then confirmed by the broker. */
export async function openScanSource(
  urls: ServiceUrls,
  image_url = "https://images.example/scan/0198c1f2a7e07c3fb1d54a9e6f20c8d3.jpg",
) {
  const redis = await connectRedis(urls.REDIS_URL, createLogger("bench", "error"));
  const publisher = await openPublisher(urls);
  const scans = createScanStore(redis, systemClock);
  const queueOne = async (user = {}): Promise<string> => {
    const message = scanMessage({ image_url, user_input: "이거 어떻게 버려요?", ...user });
    await scans.emitQueued(message);
    await publisher.publish("scan.vision", message);
    return message.job_id;
  };
  return {
    /** Each of a user of its own. */
    queue: (jobs: number): Promise<void> =>
      forEachAtOnce(atOnceMax, Array.from({ length: jobs }), async () => {
        await queueOne();
      }),
    /** @returns the job's id */
    queueOf: (user_id: string): Promise<string> => queueOne({ user_id }),
    [Symbol.asyncDispose]: async (): Promise<void> => {
      await publisher[Symbol.asyncDispose]();
      redis.disconnect();
    },
  };
}
