import { Fault } from "#lib/error/fault.ts";
import { encodeBmp } from "./bmp.ts";
import { hasText } from "./bytes.ts";
import { decodeFault } from "./decode-fault.ts";
import { decodeHeif } from "./decode-heif.ts";
import { checkFirstFrame, readGifSize } from "./gif.ts";
import { readHeifSize, sniffHeif } from "./heif.ts";
import { checkDimensions, inspectImage } from "./inspect.ts";
import { pixelsMax } from "./pixels-max.ts";
import { pixelsOnWhite } from "./pixels-on-white.ts";
import { isAnimatedWebp, readCanvas, stillWebp } from "./webp.ts";

/**
 * Photos as people send them. Models do not read a HEIC or an AVIF, and of what moves people mean the picture they
 * see first: it becomes a JPEG, or a WebP that stands still, before anything else is done with it.
 */

export interface SentFacts {
  readonly mime: string;
  readonly width: number;
  readonly height: number;
}

/** As `inspectImage`, of everything that is taken; throws the same. */
export function inspectSent(bytes: Uint8Array, complete: true): SentFacts;
export function inspectSent(bytes: Uint8Array, complete: boolean): SentFacts | undefined;
export function inspectSent(bytes: Uint8Array, complete: boolean): SentFacts | undefined {
  const mime = mimeOfOther(bytes);
  if (mime === undefined) return inspectImage(bytes, complete);
  const size = readSize(bytes, mime);
  if (size !== undefined) return { mime, ...checkDimensions(size) };
  if (!complete) return undefined;
  throw new Fault("IMAGE_CORRUPT", { cause: new Error(`${mime} ends inside its header`) });
}

/** Whether `toStill` has work to do, which may take a core for seconds and 400 MB: the caller bounds how many run. */
export function isOther(bytes: Uint8Array): boolean {
  return mimeOfOther(bytes) !== undefined;
}

/** The photo as a JPEG, PNG or WebP that stands still. Throws what `inspectSent` and `decodeHeif` throw. */
export async function toStill(bytes: Uint8Array): Promise<Uint8Array> {
  inspectSent(bytes, true);
  switch (mimeOfOther(bytes)) {
    case "image/heic":
    case "image/avif":
      return decodeHeif(bytes);
    case "image/gif":
      return firstFrame(bytes);
    case "image/webp":
      return stillWebp(bytes);
    default:
      return bytes;
  }
}

type OtherMime = "image/heic" | "image/avif" | "image/gif" | "image/webp";

function mimeOfOther(bytes: Uint8Array): OtherMime | undefined {
  const heif = sniffHeif(bytes);
  if (heif === "heic" || heif === "avif") return `image/${heif}`;
  if (hasText(bytes, 0, "GIF87a") || hasText(bytes, 0, "GIF89a")) return "image/gif";
  return isAnimatedWebp(bytes) ? "image/webp" : undefined;
}

function readSize(bytes: Uint8Array, mime: OtherMime) {
  if (mime === "image/gif") return readGifSize(bytes);
  return mime === "image/webp" ? readCanvas(bytes) : readHeifSize(bytes);
}

/** Bun decodes the first frame alone. It has at most 256 colours: what a JPEG loses of them nobody sees. */
async function firstFrame(gif: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  checkFirstFrame(gif);
  try {
    const pixels = await pixelsOnWhite(new Bun.Image(gif, { maxPixels: pixelsMax }));
    return new Uint8Array(await new Bun.Image(encodeBmp(pixels)).jpeg({ quality: 90 }).bytes());
  } catch (error) {
    throw decodeFault(error);
  }
}
