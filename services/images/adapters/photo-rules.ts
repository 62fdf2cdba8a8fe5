import { checkPixels } from "#lib/image/check-pixels.ts";
import { inspectImage, photoBytesMax } from "#lib/image/inspect.ts";
import { isModelReady } from "#lib/image/prepare.ts";
import { stripKeepingOrientation } from "#lib/image/strip.ts";
import { createSemaphore } from "#lib/process/semaphore.ts";
import type { PhotoRules } from "../check-photo.ts";

/** Each holds its photo twice, as it came and as it is published: 80 MiB at most. */
const photosInMemoryMax = 4;
/** One of 50 megapixels may take 200 MB. */
const decodesMax = 1;

export function createPhotoRules(): PhotoRules {
  const withDecodePermit = createSemaphore(decodesMax);
  return {
    bytesMax: photoBytesMax,
    inspect: inspectImage,
    strip: async (bytes) => {
      const facts = inspectImage(bytes, true);
      const stripped = await stripKeepingOrientation(bytes, facts);
      // The worker decodes every other photo before a model gets it.
      if (stripped.isMended || isModelReady(facts, stripped)) {
        await withDecodePermit(() => checkPixels(stripped, facts.mime));
      }
      return { ...facts, bytes: stripped.bytes };
    },
    inSlot: createSemaphore(photosInMemoryMax),
  };
}
