import type { Orientation } from "./exif.ts";
import type { ImageFacts, ImageMime } from "./inspect.ts";
import { orientJpeg, stripJpeg } from "./jpeg.ts";
import { orientPng, stripPng } from "./png.ts";
import { inTurns, nextTurn } from "./steps.ts";
import { orientWebp, stripWebp } from "./webp.ts";

/** A photo without metadata. */
export interface StrippedPhoto {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Its end was missing and was added: whether all of the picture is there, only a decoder can say. */
  readonly isMended: boolean;
  /** Grey or three colours, and nothing transparent. */
  readonly isPlain: boolean;
}

/**
 * The same pixels without what the camera or its owner wrote beside them: place, time, device, comments,
 * thumbnails, a second picture behind the first. Nothing is decoded; the colour profile stays.
 *
 * The orientation goes too: a photo that is not upright must be turned first (`prepare.ts`), or keep it
 * (`stripKeepingOrientation`). `bytes` have passed `inspectImage`. A large photo lets the loop turn meanwhile.
 * Throws `IMAGE_CORRUPT` when the structure is broken or cut off.
 */
export async function stripMetadata(bytes: Uint8Array, mime: ImageMime): Promise<StrippedPhoto> {
  switch (mime) {
    case "image/jpeg":
      return inTurns(stripJpeg(bytes));
    case "image/png":
      return inTurns(stripPng(bytes));
    case "image/webp":
      return inTurns(stripWebp(bytes));
  }
}

/**
 * `stripMetadata` that keeps the orientation, for a photo that is stored and shown. Throws the same; is
 * idempotent.
 */
export async function stripKeepingOrientation(
  bytes: Uint8Array,
  { mime, orientation }: Pick<ImageFacts, "mime" | "orientation">,
): Promise<StrippedPhoto> {
  const stripped = await stripMetadata(bytes, mime);
  if (orientation === 1) return stripped;
  // Ten megabytes are copied once more.
  await nextTurn();
  return { ...stripped, bytes: orient(stripped.bytes, mime, orientation) };
}

function orient(stripped: Uint8Array<ArrayBuffer>, mime: ImageMime, orientation: Orientation) {
  switch (mime) {
    case "image/jpeg":
      return orientJpeg(stripped, orientation);
    case "image/png":
      return orientPng(stripped, orientation);
    case "image/webp":
      return orientWebp(stripped, orientation);
  }
}
