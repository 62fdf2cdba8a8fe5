import type { ImageMime } from "./inspect.ts";
import { stripJpeg } from "./jpeg.ts";
import { stripPng } from "./png.ts";
import { stripWebp } from "./webp.ts";

/**
 * The same pixels without what the camera or its owner wrote beside them: place, time, device, comments,
 * thumbnails, a second picture behind the first. Nothing is decoded; the colour profile stays.
 *
 * The orientation goes too, so a photo that is not upright must be turned first (`prepare.ts`).
 * `bytes` have passed `inspectImage`. Throws `IMAGE_CORRUPT` when the structure is broken or cut off.
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
