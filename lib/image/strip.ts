import type { Orientation } from "./exif.ts";
import type { ImageFacts, ImageMime } from "./inspect.ts";
import { orientJpeg, stripJpeg } from "./jpeg.ts";
import { orientPng, stripPng } from "./png.ts";
import { orientWebp, stripWebp } from "./webp.ts";

/**
 * The same pixels without what the camera or its owner wrote beside them: place, time, device, comments,
 * thumbnails, a second picture behind the first. Nothing is decoded; the colour profile stays.
 *
 * The orientation goes too: a photo that is not upright must be turned first (`prepare.ts`), or keep it
 * (`stripKeepingOrientation`). `bytes` have passed `inspectImage`. Throws `IMAGE_CORRUPT` when the
 * structure is broken or cut off.
 */
export function stripMetadata(bytes: Uint8Array, mime: ImageMime): Uint8Array<ArrayBuffer> {
  switch (mime) {
    case "image/jpeg":
      return stripJpeg(bytes);
    case "image/png":
      return stripPng(bytes);
    case "image/webp":
      return stripWebp(bytes);
  }
}

/**
 * `stripMetadata` that keeps the orientation, for a photo that is stored and shown. Throws the same; is
 * idempotent.
 */
export function stripKeepingOrientation(
  bytes: Uint8Array,
  { mime, orientation }: Pick<ImageFacts, "mime" | "orientation">,
): Uint8Array<ArrayBuffer> {
  const stripped = stripMetadata(bytes, mime);
  return orientation === 1 ? stripped : orient(stripped, mime, orientation);
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
