import type { Redis } from "ioredis";
import { systemClock } from "#lib/clock/clock.ts";
import { gptModels } from "#lib/config/model-endpoints.ts";
import { allowedImageHosts, publicOrigin } from "#lib/config/public-url.ts";
import type { Database } from "#lib/db/client.ts";
import type { App } from "#lib/http/create-app.ts";
import { createImageFetcher } from "#lib/image/fetch-image.ts";
import type { Publisher } from "#lib/queue/publisher.ts";
import { createMemoryCheck } from "#lib/redis/check-memory.ts";
import { readCachedResult, readRequest, readState } from "#lib/scan-store/read-scan.ts";
import { createResultStore, readStoredScan } from "#lib/scan-store/result-store.ts";
import { createScanStore } from "#lib/scan-store/scan-store.ts";
import { createScanRoutes } from "./adapters/http.ts";
import { createHistory } from "./adapters/postgres.ts";
import { createScanPublisher } from "./adapters/rabbit.ts";
import { createIdempotency } from "./adapters/redis.ts";
import { createSubmitCounter } from "./adapters/submit-counter.ts";
import type { ScanConfig } from "./config.ts";

/** The scan API over real connections, for its own process and for edge. */
export function scanRoutes(
  config: ScanConfig,
  { database, redis, publisher }: { database: Database; redis: Redis; publisher: Publisher },
): App {
  const images = createImageFetcher({ allowedHosts: allowedImageHosts(config) });
  const ownStore = publicOrigin(config);
  const scans = createScanStore(redis, systemClock);
  return createScanRoutes({
    clock: systemClock,
    newJobId: () => Bun.randomUUIDv7(),
    models: {
      byDefault: config.DEFAULT_MODEL,
      supported: new Set([
        config.DEFAULT_MODEL,
        ...gptModels(config),
        ...config.SUPPORTED_GEMINI_MODELS,
        "local",
      ]),
    },
    checkImage: async (url) => {
      // Our own store looked at the photo when it was uploaded.
      if (images.checkUrl(url).origin === ownStore) return;
      await images.probe(url, AbortSignal.timeout(probeDeadlineMs));
    },
    idempotency: createIdempotency(redis, systemClock),
    emitQueued: scans.emitQueued,
    ...createScanPublisher(publisher),
    checkMemory: createMemoryCheck(redis),
    // Redis is the fast way, not the only one: without it Postgres answers.
    cachedResult: (jobId) => readCachedResult(redis, jobId).catch(() => undefined),
    state: (jobId) => readState(redis, jobId),
    storedResult: (jobId) => readStoredScan(database, jobId),
    ...createHistory(database),
    requestCancel: scans.requestCancel,
    submitted: (jobId) => readRequest(redis, jobId),
    results: createResultStore(database),
    events: scans,
    countSubmit: createSubmitCounter(redis, systemClock, {
      perUser: config.SUBMITS_PER_MINUTE_PER_USER,
      overall: config.SUBMITS_PER_MINUTE,
    }),
  });
}

const probeDeadlineMs = 3_000;
