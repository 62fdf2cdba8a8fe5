import { Fault } from "#lib/error/fault.ts";
import { createSemaphore } from "#lib/process/semaphore.ts";
import type { Orientation } from "./exif.ts";
import { type ImageFacts, type ImageMime, inspectImage, pixelsMax } from "./inspect.ts";
import { stripMetadata } from "./strip.ts";

/**
 * Longest side that is useful to a model, in pixels: vision models scale what they get to about 768 on
 * the short side, and the embedded detector to 512, so more only costs tokens and transfer.
 */
export const usefulSideMax = 1_024;
/** Where JPEG artefacts stop being visible at this size. */
const jpegQuality = 85;
/** A 50-megapixel PNG is 200 MB of pixels while it is decoded: two at once bound the memory. */
const concurrentDecodesMax = 2;

const withDecodePermit = createSemaphore(concurrentDecodesMax);

export interface PreparedPhoto {
  readonly bytes: Uint8Array;
  readonly mime: ImageMime;
}

/**
 * A photo as it goes to a model: upright, at most `usefulSideMax` on its longest side, without metadata.
 * One that is small and upright already is passed on without decoding. Decoding runs on Bun's
 * threads, never on the loop.
 *
 * Throws `IMAGE_EMPTY`, `IMAGE_TYPE_UNSUPPORTED`, `IMAGE_TOO_MANY_PIXELS` or `IMAGE_CORRUPT`.
 */
export async function preparePhoto(bytes: Uint8Array): Promise<PreparedPhoto> {
  const facts = inspectImage(bytes, true);
  // Before decoding too: the decoder is C code and sees only what a picture needs.
  const stripped = stripMetadata(bytes, facts.mime);
  const isSmall = Math.max(facts.width, facts.height) <= usefulSideMax;
  if (isSmall && facts.orientation === 1) return { bytes: stripped, mime: facts.mime };
  return withDecodePermit(() => reencode(stripped, facts));
}

async function reencode(
  stripped: Uint8Array<ArrayBuffer>,
  { orientation }: ImageFacts,
): Promise<PreparedPhoto> {
  const image = new Bun.Image(stripped, { maxPixels: pixelsMax, autoOrient: false });
  const size = { fit: "inside", withoutEnlargement: true } as const;
  try {
    const upright = turn(image, orientation).resize(usefulSideMax, usefulSideMax, size);
    return { bytes: await upright.jpeg({ quality: jpegQuality }).bytes(), mime: "image/jpeg" };
  } catch (error) {
    throw decodeFault(error);
  }
}

/** Bun applies EXIF to JPEG alone, so all three types are turned here. It rotates, then mirrors. */
function turn(image: Bun.Image, orientation: Orientation): Bun.Image {
  switch (orientation) {
    case 1:
      return image;
    case 2:
      return image.flop();
    case 3:
      return image.rotate(180);
    case 4:
      return image.flip();
    case 5:
      return image.rotate(90).flop();
    case 6:
      return image.rotate(90);
    case 7:
      return image.rotate(270).flop();
    case 8:
      return image.rotate(270);
  }
}

function decodeFault(error: unknown): Fault {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ERR_IMAGE_TOO_MANY_PIXELS":
      return new Fault("IMAGE_TOO_MANY_PIXELS", { cause: error });
    case "ERR_IMAGE_DECODE_FAILED":
    case "ERR_IMAGE_UNKNOWN_FORMAT":
    case "ERR_IMAGE_FORMAT_UNSUPPORTED":
      return new Fault("IMAGE_CORRUPT", { cause: error });
    default:
      return Fault.from(error);
  }
}
