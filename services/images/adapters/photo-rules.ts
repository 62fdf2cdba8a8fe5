import { Fault } from "#lib/error/fault.ts";
import { checkPixels } from "#lib/image/check-pixels.ts";
import { decodeHeic } from "#lib/image/decode-heic.ts";
import { heicPixelsMax, readHeifSize, sniffHeif } from "#lib/image/heif.ts";
import { checkDimensions, inspectImage, photoBytesMax } from "#lib/image/inspect.ts";
import { isModelReady } from "#lib/image/prepare.ts";
import { stripKeepingOrientation } from "#lib/image/strip.ts";
import { createKeyedSemaphore } from "#lib/process/keyed-semaphore.ts";
import { createSemaphore } from "#lib/process/semaphore.ts";
import type { PhotoFacts, PhotoRules } from "../check-photo.ts";

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
    inspect: (bytes, complete) =>
      sniffHeif(bytes) === "heic" ? inspectHeic(bytes, complete) : inspectImage(bytes, complete),
    strip: async (sent) => {
      if (sniffHeif(sent) === "heic") {
        inspectHeic(sent, true);
        const jpeg = await withDecodePermit(() => decodeHeic(sent));
        return { ...inspectImage(jpeg, true), bytes: jpeg };
      }
      const facts = inspectImage(sent, true);
      const stripped = await stripKeepingOrientation(sent, facts);
      // The worker decodes every other photo before a model gets it.
      if (stripped.isMended || isModelReady(facts, stripped)) {
        await withDecodePermit(() => checkPixels(stripped, facts.mime));
      }
      return { ...facts, bytes: stripped.bytes };
    },
    inSlot: (userId, work) => withPlace([{ key: userId, permitsMax: photosOfUserMax }], work),
  };
}

function inspectHeic(bytes: Uint8Array, complete: boolean): PhotoFacts | undefined {
  const size = readHeifSize(bytes);
  if (size !== undefined) return { mime: "image/heic", ...checkDimensions(size, heicPixelsMax) };
  if (!complete) return undefined;
  throw new Fault("IMAGE_CORRUPT", { cause: new Error("HEIC ends inside its header") });
}
