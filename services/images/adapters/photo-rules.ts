import { inspectImage, photoBytesMax } from "#lib/image/inspect.ts";

import { stripKeepingOrientation } from "#lib/image/strip.ts";
import { createSemaphore } from "#lib/process/semaphore.ts";
import type { PhotoRules } from "../check-photo.ts";

/** Each holds its photo twice, as it came and as it is published: 80 MiB at most. */
const photosInMemoryMax = 4;

export function createPhotoRules(): PhotoRules {
  return {
    bytesMax: photoBytesMax,
    inspect: inspectImage,
    strip: (bytes) => {
      const facts = inspectImage(bytes, true);
      return { ...facts, bytes: stripKeepingOrientation(bytes, facts) };
    },
    inSlot: createSemaphore(photosInMemoryMax),
  };
}
