import { checkPixels } from "#lib/image/check-pixels.ts";
import { inspectImage, photoBytesMax } from "#lib/image/inspect.ts";
import { perceptualHash } from "#lib/image/perceptual-hash.ts";
import { isModelReady } from "#lib/image/prepare.ts";
import { inspectSent, isOther, toStill } from "#lib/image/sent-photo.ts";
import { stripKeepingOrientation } from "#lib/image/strip.ts";
import { createKeyedSemaphore } from "#lib/process/keyed-semaphore.ts";
import { createSemaphore } from "#lib/process/semaphore.ts";
import type { PhotoRules } from "../check-photo.ts";

/** Each holds its photo twice, as it came and as it is published: 80 MiB at most. */
const photosInMemoryMax = 4;
/** Decoding a photo may take seconds: one user's do not take every place. */
const photosOfUserMax = 2;
/** One of 50 megapixels may take 200 MB, a HEIC twice that. */
const decodesMax = 1;
/** Then the client is told to come again, with its upload still there. */
const decodeWaitMsMax = 20_000;

export function createPhotoRules(): PhotoRules {
  const withDecodePermit = createSemaphore(decodesMax, decodeWaitMsMax);
  const withPlace = createKeyedSemaphore(photosInMemoryMax);
  return {
    bytesMax: photoBytesMax,
    inspect: inspectSent,
    strip: async (sent) => {
      const photo = isOther(sent) ? await withDecodePermit(() => toStill(sent)) : sent;
      const facts = inspectImage(photo, true);
      const stripped = await stripKeepingOrientation(photo, facts);
      if (stripped.isMended) await withDecodePermit(() => checkPixels(stripped, facts.mime));
      // The worker decodes every other photo before a model gets it.
      const isDecoded = isModelReady(facts, stripped);
      const hash = isDecoded
        ? await withDecodePermit(() => perceptualHash(stripped.bytes))
        : undefined;
      return { ...facts, bytes: stripped.bytes, hash };
    },
    inSlot: (userId, work) => withPlace([{ key: userId, permitsMax: photosOfUserMax }], work),
  };
}
