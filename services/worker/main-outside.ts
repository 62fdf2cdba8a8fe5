import type { Redis } from "ioredis";
import { allowedImageHosts } from "#lib/config/public-url.ts";
import { createImageFetcher } from "#lib/image/fetch-image.ts";
import { preparePhoto } from "#lib/image/prepare.ts";
import { createSlots } from "#lib/image/slots.ts";
import type { Logger } from "#lib/log/logger.ts";
import type { ProcessScope } from "#lib/process/run-process.ts";
import type { WorkerConfig } from "./config.ts";
import { createModels, type Models } from "./main-models.ts";
import { createVisionSharing } from "./main-vision.ts";
import type { VisionDeps } from "./tasks/scan.vision.ts";

/** Photos fetched at once, each up to 10 MiB until it is downscaled: far fewer than scans in flight. */
const photosAtOnceMax = 32;

/** What the stages reach beyond our own services: the models, and the photos at their addresses. */
export interface Outside extends Models, Pick<VisionDeps, "loadPhoto"> {}

export function createOutside(
  config: WorkerConfig,
  { redis, log, scope }: { redis: Redis; log: Logger; scope: ProcessScope },
): Outside {
  const share = createVisionSharing(config, redis);
  const photoSlot = createSlots(photosAtOnceMax);
  const images = createImageFetcher({ allowedHosts: allowedImageHosts(config) });
  return {
    ...createModels(config, { redis, share, log, scope }),
    loadPhoto: (url, signal) =>
      photoSlot(async () => preparePhoto(await images.fetch(url, signal))),
  };
}
