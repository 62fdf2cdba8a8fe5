import { Fault } from "#lib/error/fault.ts";
import { concatBytes, concatInSteps } from "./bytes.ts";
import { decodeFault } from "./decode-fault.ts";
import type { ImageMime } from "./inspect.ts";
import { pixelsMax } from "./pixels-max.ts";
import { pixelsOnWhite } from "./pixels-on-white.ts";
import { inTurns } from "./steps.ts";
import type { StrippedPhoto } from "./strip.ts";

/** Looked at as small as this, what differs in details only is equal. */
const sidePx = 64;
const differenceMin = 8;
/** Of red, green and blue of every pixel: nobody misses what a last block lacks. */
const differingMax = 0.01 * 3 * sidePx * sidePx;
/** Data of a scan, enough for some of the largest picture, and then some for each restart marker that may be due. */
const filling = createFilling();

/**
 * Decodes a photo to see whether it can be: the structure around its pixels says little about them. Of one whose
 * end was missing it also sees whether all of the picture is there. Runs on Bun's threads.
 *
 * Throws `IMAGE_CORRUPT`.
 */
export async function checkPixels(
  { bytes, isMended }: Pick<StrippedPhoto, "bytes" | "isMended">,
  mime: ImageMime,
): Promise<void> {
  // Decoders of the others refuse a part.
  if (!isMended || mime !== "image/jpeg") {
    await scaled(bytes).png({ compressionLevel: 0 }).bytes().catch(refuse);
    return;
  }
  const seen = await look(bytes);
  // The decoder fills what is missing. With more data behind it a picture that lacks some changes, a whole one
  // does not.
  const parts = [bytes.subarray(0, -2), filling, bytes.subarray(-2)];
  const longer = await look(await inTurns(concatInSteps(parts)));
  const differing = seen.filter((value, i) => Math.abs(value - (longer[i] ?? 0)) >= differenceMin);
  if (differing.length <= differingMax) return;
  throw new Fault("IMAGE_CORRUPT", { cause: new Error("JPEG: a part of the picture is missing") });
}

async function look(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return (await pixelsOnWhite(scaled(bytes)).catch(refuse)).rgb;
}

function scaled(bytes: Uint8Array<ArrayBuffer>): Bun.Image {
  const image = new Bun.Image(bytes, { maxPixels: pixelsMax, autoOrient: false });
  return image.resize(sidePx, sidePx, { fit: "fill", filter: "box" });
}

function refuse(error: unknown): never {
  throw decodeFault(error);
}

function createFilling(): Uint8Array {
  const noise = Uint8Array.from({ length: 512 * 1024 }, (_, i) => (i * 73 + (i >> 7)) & 0x7f);
  const restarts = Array.from({ length: 512 }, (_, i) => Uint8Array.of(0xff, 0xd0 + (i % 8)));
  const short = noise.subarray(0, 1_024);
  return concatBytes([noise, ...restarts.flatMap((restart) => [restart, short])]);
}
