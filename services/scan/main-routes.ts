import type { Redis } from "ioredis";
import { systemClock } from "#lib/clock/clock.ts";
import { gptModels } from "#lib/config/model-endpoints.ts";
import { allowedImageHosts, publicOrigin } from "#lib/config/public-url.ts";
import type { Database } from "#lib/db/client.ts";
import type { App } from "#lib/http/create-app.ts";
import { createImageCheck } from "#lib/image/check-image.ts";
import type { Logger } from "#lib/log/logger.ts";
import { nearestCenters } from "#lib/place-store/nearest-centers.ts";
import { observeEnds } from "#lib/process/submit-metrics.ts";
import type { Publisher } from "#lib/queue/publisher.ts";
import { createSubmitPublisher } from "#lib/queue/submit-publisher.ts";
import { createMemoryCheck } from "#lib/redis/check-memory.ts";
import { createSubmitCounter } from "#lib/redis/submit-counter.ts";
import { createIdempotency } from "#lib/scan-store/idempotency.ts";
import { readCachedResult, readRequest, readState } from "#lib/scan-store/read-scan.ts";
import { createResultStore, readStoredScan } from "#lib/scan-store/result-store.ts";
import { createScanStore } from "#lib/scan-store/scan-store.ts";
import { createScanRoutes } from "./adapters/http.ts";
import { createFeedbackStore, createHistory } from "./adapters/postgres.ts";
import type { ScanConfig } from "./config.ts";

/** The scan API over real connections, for its own process and for edge. */
export function scanRoutes(
  config: ScanConfig,
  {
    database,
    redis,
    publisher,
    log,
  }: { database: Database; redis: Redis; publisher: Publisher; log: Logger },
): App {
  const scans = createScanStore(redis, systemClock, {
    inFlightMax: config.SCANS_IN_FLIGHT_PER_USER,
    onEnd: observeEnds("scan", log),
  });
  const limits = {
    perUser: config.SUBMITS_PER_MINUTE_PER_USER,
    overall: config.SUBMITS_PER_MINUTE,
  };
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
    checkImage: createImageCheck(allowedImageHosts(config), publicOrigin(config)),
    idempotency: createIdempotency(redis, systemClock),
    emitQueued: scans.emitQueued,
    ...createSubmitPublisher(publisher, "scan.vision"),
    checkMemory: createMemoryCheck(redis),
    // Redis is the fast way, not the only one: without it Postgres answers.
    cachedResult: (jobId) => readCachedResult(redis, jobId).catch(() => undefined),
    state: (jobId) => readState(redis, jobId),
    storedResult: (jobId) => readStoredScan(database, jobId),
    nearby: (at, pickup) => {
      const now = systemClock.now();
      return nearestCenters(database, at, { pickups: [pickup], now, ...nearbyBounds });
    },
    ...createHistory(database),
    requestCancel: scans.requestCancel,
    submitted: (jobId) => readRequest(redis, jobId),
    results: createResultStore(database),
    events: scans,
    countSubmit: createSubmitCounter(redis, systemClock, limits),
    countFeedback: createSubmitCounter(redis, systemClock, limits, "feedback"),
    ...createFeedbackStore(database),
  });
}

/** As far as one walks or rides a bus with a bag; metres. */
const nearbyBounds = { radius: 5_000, limit: 3 };
