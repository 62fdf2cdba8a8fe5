import type { Orientation } from "./exif.ts";
import type { ImageFacts, ImageMime } from "./inspect.ts";
import { orientJpeg, stripJpeg } from "./jpeg.ts";
import { orientPng, stripPng } from "./png.ts";
import { orientWebp, stripWebp } from "./webp.ts";

/**
 * The same pixels without what the camera or its owner wrote beside them: place, time, device, comments,
 * thumbnails, a second picture behind the first. Nothing is decoded; the colour profile stays.
 *
 * The orientation goes too: a photo that is not upright must be turned first (`prepare.ts`), or be told
 * again (`stripKeepingOrientation`). `bytes` have passed `inspectImage`. Throws `IMAGE_CORRUPT` when the
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
 * `stripMetadata` for a photo that is kept and shown: the one thing left beside the pixels is how to
 * turn them. Throws the same; doing it again changes nothing.
 */
export function stripKeepingOrientation(
  bytes: Uint8Array,
  { mime, orientation }: Pick<ImageFacts, "mime" | "orientation">,
): Uint8Array<ArrayBuffer> {
  const bare = stripMetadata(bytes, mime);
  return orientation === 1 ? bare : orient(bare, mime, orientation);
}

function orient(bare: Uint8Array<ArrayBuffer>, mime: ImageMime, orientation: Orientation) {
  switch (mime) {
    case "image/jpeg":
      return orientJpeg(bare, orientation);
    case "image/png":
      return orientPng(bare, orientation);
    case "image/webp":
      return orientWebp(bare, orientation);
  }
}
