import { createKeyedSemaphore } from "#lib/process/keyed-semaphore.ts";
import { encodeBmp } from "./bmp.ts";
import { checkPixels } from "./check-pixels.ts";
import { decodeFault } from "./decode-fault.ts";
import type { Orientation } from "./exif.ts";
import { type ImageFacts, type ImageMime, inspectImage } from "./inspect.ts";
import { pixelsMax } from "./pixels-max.ts";
import { pixelsOnWhite } from "./pixels-on-white.ts";
import { isOther, toStill } from "./sent-photo.ts";
import { type StrippedPhoto, stripMetadata } from "./strip.ts";

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
/** A HEIC takes 400 MB. */
const withStillPermit = createKeyedSemaphore(1);
/** Of photos that are passed on as they are: a megapixel at most, in a millisecond or two. */
const withCheckPermit = createKeyedSemaphore(4);

export interface PreparedPhoto {
  readonly bytes: Uint8Array;
  readonly mime: ImageMime;
}

interface PrepareOptions {
  readonly userId: string;
  readonly signal: AbortSignal;
  /** A decoder has read it before, as our own store has it do before it takes a photo. */
  readonly isChecked?: boolean;
}

/**
 * A photo as it goes to a model: upright, at most `usefulSideMax` on its longest side and `preparedBytesMax`
 * long, without metadata, on a white ground where it was transparent. One that is all that already is passed on
 * as it is, once a decoder has read it, now or before: to read it twice costs as much as the rest of a scan.
 * Decoding runs on Bun's threads, never on the loop.
 *
 * Throws what `toStill` throws, and the signal's reason.
 */
export async function preparePhoto(
  sent: Uint8Array,
  { userId, signal, isChecked = false }: PrepareOptions,
): Promise<PreparedPhoto> {
  const share = { key: userId, permitsMax: decodesOfUserMax };
  const still = isOther(sent) ? await withStillPermit([share], () => toStill(sent), signal) : sent;
  const facts = inspectImage(still, true);
  // Before decoding too: the decoder is C code and sees only what a picture needs.
  const stripped = await stripMetadata(still, facts.mime);
  const isReady = isModelReady(facts, stripped);
  const photo = { bytes: stripped.bytes, mime: facts.mime };
  if (isReady && isChecked && !stripped.isMended) return photo;
  const check = () => checkPixels(stripped, facts.mime);
  // What is wrong with a PNG is forgiven by ours, a checksum for one, and refused by the decoders of models.
  if (isReady && facts.mime !== "image/png") {
    await withCheckPermit([share], check, signal);
    return photo;
  }
  const decode = async () => {
    if (stripped.isMended) await check();
    return reencode(stripped, facts.orientation);
  };
  return withDecodePermit([share], decode, signal);
}

/** Whether a photo goes to a model as it is. */
export function isModelReady(
  { width, height, orientation }: ImageFacts,
  { bytes, isPlain }: StrippedPhoto,
): boolean {
  const isSmall = Math.max(width, height) <= usefulSideMax && bytes.length <= preparedBytesMax;
  return isSmall && isPlain && orientation === 1;
}

async function reencode(
  { bytes: stripped, isPlain }: StrippedPhoto,
  orientation: Orientation,
): Promise<PreparedPhoto> {
  const image = new Bun.Image(stripped, { maxPixels: pixelsMax, autoOrient: false });
  const size = { fit: "inside", withoutEnlargement: true } as const;
  try {
    const useful = turn(image, orientation).resize(usefulSideMax, usefulSideMax, size);
    const upright = isPlain ? useful : new Bun.Image(encodeBmp(await pixelsOnWhite(useful)));
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
