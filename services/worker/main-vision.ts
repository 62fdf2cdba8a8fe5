import type { Redis } from "ioredis";
import { countVisionCall as count, createVisionShare } from "./adapters/vision-cache.ts";
import type { WorkerConfig } from "./config.ts";
import type { Model } from "./models/model.ts";
import { shareVision } from "./models/share-vision.ts";

/** Equal photos are looked at once, unless `VISION_CACHE_TTL` is 0. */
export function createVisionSharing(
  { VISION_CACHE_TTL: ttlS, OPENAI_BASE_URL: origin = "" }: WorkerConfig,
  redis: Redis,
): (model: Model) => Model {
  if (ttlS === 0) return counted;
  const deps = { share: createVisionShare(redis, { ttlS }), count, origin };
  return (model) => shareVision(model, deps);
}

function counted(model: Model): Model {
  return {
    name: model.name,
    estimate: model.estimate,
    answer: (input, signal) => model.answer(input, signal),
    classify: (input, signal) => {
      count("model");
      return model.classify(input, signal);
    },
  };
}
