import { inflateSync } from "node:zlib";
import { concatBytes, viewOf } from "./bytes.ts";
import { inTurns, type Steps } from "./steps.ts";

/** A picture in which nothing is transparent. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue of each pixel, row by row. */
  readonly rgb: Uint8Array<ArrayBuffer>;
}

const [IDAT, rgba] = [0x4944_4154, 6];
/** Done in a millisecond or so. */
const rowsOfStep = 64;

/**
 * The pixels of a picture on a white ground. Under transparent parts most programs write black, on which a dark
 * thing cannot be seen, and `Bun.Image` drops the transparency when it writes a JPEG.
 *
 * It gives no raw pixels either. They take the way of a PNG, which at level 0 is neither compressed nor filtered.
 */
export async function pixelsOnWhite(image: Bun.Image): Promise<Pixels> {
  return inTurns(blendPng(await image.png({ compressionLevel: 0 }).bytes()));
}

function* blendPng(png: Uint8Array): Steps<Pixels> {
  const view = viewOf(png);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  if (view.getUint8(24) !== 8 || view.getUint8(25) !== rgba) throw new Error("unexpected PNG");
  const rowBytes = 1 + 4 * width;
  const rows = inflateSync(pixelData(png), { maxOutputLength: rowBytes * height });
  const rgb = new Uint8Array(3 * width * height);
  let to = 0;
  for (let y = 0; y < height; y++) {
    if (y % rowsOfStep === 0) yield;
    let from = y * rowBytes;
    if (rows[from++] !== 0) throw new Error("unexpected filter in a PNG");
    for (const end = from + 4 * width; from < end; from += 4) {
      const alpha = rows[from + 3] ?? 0;
      const white = 255 - alpha;
      rgb[to++] = ((rows[from] ?? 0) * alpha) / 255 + white;
      rgb[to++] = ((rows[from + 1] ?? 0) * alpha) / 255 + white;
      rgb[to++] = ((rows[from + 2] ?? 0) * alpha) / 255 + white;
    }
  }
  return { width, height, rgb };
}

function pixelData(png: Uint8Array): Uint8Array {
  const view = viewOf(png);
  const pieces: Uint8Array[] = [];
  for (let at = 8; at + 12 <= png.length; ) {
    const length = view.getUint32(at);
    if (view.getUint32(at + 4) === IDAT) pieces.push(png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return concatBytes(pieces);
}
