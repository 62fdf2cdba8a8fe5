import { inflateSync } from "node:zlib";
import { pixelsMax } from "./pixels-max.ts";

/**
 * The pixels of a picture stretched to a square: red, green, blue, alpha for each, row by row.
 *
 * `Bun.Image` gives no raw pixels. They take the way of a PNG: at level 0 packing and unpacking
 * one of 512 px cost about 20 ms.
 */
export async function rgbaOf(photo: Uint8Array, sidePx: number): Promise<Uint8Array> {
  const png = await new Bun.Image(photo, { maxPixels: pixelsMax })
    .resize(sidePx, sidePx, { fit: "fill", filter: "bilinear" })
    .png({ compressionLevel: 0 })
    .bytes();
  return decodePng(png, sidePx);
}

/**
 * Raw pixels of a PNG as `Bun.Image` writes it (8-bit RGBA, not interlaced): it gives no others,
 * and at level 0 packing and unpacking cost about 20 ms.
 */
function decodePng(png: Uint8Array, sideExpectedPx: number): Uint8Array {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const data: Uint8Array[] = [];
  for (let at = 8; at + 12 <= png.byteLength; ) {
    const length = view.getUint32(at);
    const type = view.getUint32(at + 4);
    if (type === 0x49484452) expectRgba(view, at + 8, sideExpectedPx);
    if (type === 0x49444154) data.push(png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const rowBytes = sideExpectedPx * 4;
  const raw = inflateSync(Buffer.concat(data), {
    maxOutputLength: (rowBytes + 1) * sideExpectedPx,
  });
  const pixels = new Uint8Array(rowBytes * sideExpectedPx);
  for (let y = 0; y < sideExpectedPx; y++) unfilter(raw, pixels, y, rowBytes);
  return pixels;
}

function expectRgba(view: DataView, at: number, sideExpectedPx: number): void {
  const isSquare =
    view.getUint32(at) === sideExpectedPx && view.getUint32(at + 4) === sideExpectedPx;
  const isRgba8 = view.getUint8(at + 8) === 8 && view.getUint8(at + 9) === 6;
  if (!isSquare || !isRgba8 || view.getUint8(at + 12) !== 0) throw new Error("unexpected PNG");
}

/** Undoes one row's PNG filter (PNG specification, third edition, section 9). */
function unfilter(raw: Uint8Array, pixels: Uint8Array, y: number, rowBytes: number): void {
  const filter = raw[y * (rowBytes + 1)];
  const from = y * (rowBytes + 1) + 1;
  const to = y * rowBytes;
  for (let x = 0; x < rowBytes; x++) {
    const left = x >= 4 ? (pixels[to + x - 4] ?? 0) : 0;
    const up = y > 0 ? (pixels[to + x - rowBytes] ?? 0) : 0;
    const corner = x >= 4 && y > 0 ? (pixels[to + x - rowBytes - 4] ?? 0) : 0;
    pixels[to + x] = (raw[from + x] ?? 0) + predicted(filter, left, up, corner);
  }
}

function predicted(filter: number | undefined, left: number, up: number, corner: number): number {
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  return filter === 4 ? paeth(left, up, corner) : 0;
}

function paeth(left: number, up: number, corner: number): number {
  const toLeft = Math.abs(up - corner);
  const toUp = Math.abs(left - corner);
  const toCorner = Math.abs(left + up - 2 * corner);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}
