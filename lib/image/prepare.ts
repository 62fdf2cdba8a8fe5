import { Fault } from "#lib/error/fault.ts";
import { createKeyedSemaphore } from "#lib/process/keyed-semaphore.ts";
import type { Orientation } from "./exif.ts";
import { type ImageFacts, type ImageMime, inspectImage } from "./inspect.ts";
import { pixelsMax } from "./pixels-max.ts";
import { stripMetadata } from "./strip.ts";

/**
 * Longest side that is useful to a model, in pixels: vision models scale what they get to about 768 on
 * the short side, and the embedded detector to 512, so more only costs tokens and transfer.
 */
export const usefulSideMax = 1_024;
/** More than any photo of this size needs; a larger file is noise, or holds something else. */
export const preparedBytesMax = 500_000;
/** Where JPEG artefacts stop being visible at this size, and what noise needs to be small enough. */
const jpegQualities = [85, 60, 30] as const;
/** A 50-megapixel PNG is 200 MB of pixels while it is decoded: two at once bound the memory. */
const decodesMax = 2;
/** One user's photos, which may take a second each, leave the other decoder to everybody else. */
const decodesOfUserMax = 1;

const withDecodePermit = createKeyedSemaphore(decodesMax);

export interface PreparedPhoto {
  readonly bytes: Uint8Array;
  readonly mime: ImageMime;
}

/**
 * A photo as it goes to a model: upright, at most `usefulSideMax` on its longest side and `preparedBytesMax`
 * long, without metadata. One that is all that already is passed on without decoding. Decoding runs on Bun's
 * threads, never on the loop.
 *
 * Throws `IMAGE_EMPTY`, `IMAGE_TYPE_UNSUPPORTED`, `IMAGE_TOO_MANY_PIXELS` or `IMAGE_CORRUPT`, and the signal's
 * reason.
 */
export async function preparePhoto(
  bytes: Uint8Array,
  { userId, signal }: { readonly userId: string; readonly signal: AbortSignal },
): Promise<PreparedPhoto> {
  const facts = inspectImage(bytes, true);
  // Before decoding too: the decoder is C code and sees only what a picture needs.
  const stripped = stripMetadata(bytes, facts.mime);
  const isSmall =
    Math.max(facts.width, facts.height) <= usefulSideMax && stripped.length <= preparedBytesMax;
  if (isSmall && facts.orientation === 1) return { bytes: stripped, mime: facts.mime };
  const share = { key: userId, permitsMax: decodesOfUserMax };
  return withDecodePermit([share], () => reencode(stripped, facts), signal);
}

async function reencode(
  stripped: Uint8Array<ArrayBuffer>,
  { orientation }: ImageFacts,
): Promise<PreparedPhoto> {
  const image = new Bun.Image(stripped, { maxPixels: pixelsMax, autoOrient: false });
  const size = { fit: "inside", withoutEnlargement: true } as const;
  try {
    const upright = turn(image, orientation).resize(usefulSideMax, usefulSideMax, size);
    let bytes = await upright.jpeg({ quality: jpegQualities[0] }).bytes();
    for (const quality of jpegQualities.slice(1)) {
      if (bytes.length <= preparedBytesMax) break;
      // Of what is small already: the original is not decoded again.
      bytes = await new Bun.Image(bytes).jpeg({ quality }).bytes();
    }
    return { bytes, mime: "image/jpeg" };
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
