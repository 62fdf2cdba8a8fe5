import { Fault } from "#lib/error/fault.ts";
import { hasText } from "./bytes.ts";
import type { Orientation } from "./exif.ts";
import { sniffHeif } from "./heif.ts";
import { readJpegHeader } from "./jpeg.ts";
import { pixelsMax } from "./pixels-max.ts";
import { PNG_SIGNATURE, readPngHeader } from "./png.ts";
import { readWebpHeader } from "./webp.ts";

/** Largest photo that is accepted anywhere, in bytes. */
export const photoBytesMax = 10 * 1024 * 1024;

const sideMax = 20_000;
const filmDetail = "동영상은 쓸 수 없어요. 사진을 찍어서 올려 주세요.";
/** Enough for the magic bytes of every supported type. */
const magicBytes = 12;

export type ImageMime = "image/jpeg" | "image/png" | "image/webp";

export interface ImageFacts {
  readonly mime: ImageMime;
  /** As stored; `orientation` 5 to 8 shows them swapped. */
  readonly width: number;
  readonly height: number;
  /** In a PNG or WebP it may stand behind the pixels: certain only from the complete bytes. */
  readonly orientation: Orientation;
}

/**
 * What a file says it is, from magic bytes and header alone: nothing is decoded, work and memory are
 * linear in the bytes given. `complete` says whether these are all the bytes there are; a prefix that
 * is too short to tell answers undefined, which means more bytes are needed.
 *
 * Throws `IMAGE_EMPTY`, `IMAGE_TYPE_UNSUPPORTED`, `IMAGE_HEIF_UNSUPPORTED`, `IMAGE_TOO_MANY_PIXELS` or
 * `IMAGE_CORRUPT`.
 */
export function inspectImage(bytes: Uint8Array, complete: true): ImageFacts;
export function inspectImage(bytes: Uint8Array, complete: boolean): ImageFacts | undefined;
export function inspectImage(bytes: Uint8Array, complete: boolean): ImageFacts | undefined {
  if (bytes.length < magicBytes && !complete) return undefined;
  if (bytes.length === 0) throw new Fault("IMAGE_EMPTY");
  const mime = sniffImage(bytes);
  if (mime === undefined) throw noPhoto(bytes);
  const header = readHeader(bytes, mime);
  if (header !== undefined) return { mime, ...checkDimensions(header) };
  if (!complete) return undefined;
  throw new Fault("IMAGE_CORRUPT", { cause: new Error(`${mime} ends inside its header`) });
}

/** The type by magic bytes; the first 12 are enough. */
export function sniffImage(bytes: Uint8Array): ImageMime | undefined {
  if (hasText(bytes, 0, "\xff\xd8\xff")) return "image/jpeg";
  if (hasText(bytes, 0, PNG_SIGNATURE)) return "image/png";
  if (hasText(bytes, 0, "RIFF") && hasText(bytes, 8, "WEBP")) return "image/webp";
  return undefined;
}

/** What else people choose, in their words. */
function noPhoto(bytes: Uint8Array): Fault {
  if (sniffHeif(bytes)) return new Fault("IMAGE_HEIF_UNSUPPORTED");
  const isFilm = hasText(bytes, 4, "ftyp") || hasText(bytes, 0, "\x1a\x45\xdf\xa3");
  return new Fault("IMAGE_TYPE_UNSUPPORTED", isFilm ? { detail: filmDetail } : {});
}

function readHeader(bytes: Uint8Array, mime: ImageMime): Omit<ImageFacts, "mime"> | undefined {
  switch (mime) {
    case "image/jpeg":
      return readJpegHeader(bytes);
    case "image/png":
      return readPngHeader(bytes);
    case "image/webp":
      return readWebpHeader(bytes);
  }
}

/** The claim alone is enough to refuse: a decoder would allocate for it before reading a pixel. */
export function checkDimensions<T extends { width: number; height: number }>(
  header: T,
  pixelsAllowed = pixelsMax,
): T {
  const { width, height } = header;
  if (width === 0 || height === 0)
    throw new Fault("IMAGE_CORRUPT", { cause: new Error("no pixels") });
  if (width > sideMax || height > sideMax || width * height > pixelsAllowed) {
    throw new Fault("IMAGE_TOO_MANY_PIXELS", { cause: new Error(`${width}×${height}`) });
  }
  return header;
}
