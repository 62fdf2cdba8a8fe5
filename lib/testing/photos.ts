import { deflateSync } from "node:zlib";

/**
 * Small real photos for tests, made on the spot: a picture whose four corners are red, green, blue and
 * white (clockwise from the top left), and the ways to damage or inflate it.
 */

type Rgb = readonly [number, number, number];

export const CORNERS = {
  topLeft: [255, 0, 0],
  topRight: [0, 255, 0],
  bottomRight: [0, 0, 255],
  bottomLeft: [255, 255, 255],
} as const satisfies Record<string, Rgb>;

export function pngPhoto(width: number, height: number): Uint8Array<ArrayBuffer> {
  const row = (left: Rgb, right: Rgb) => {
    const pixels = Array.from({ length: width }, (_, x) => (x < width / 2 ? left : right));
    return Uint8Array.from([0, ...pixels.flat()]);
  };
  const top = row(CORNERS.topLeft, CORNERS.topRight);
  const bottom = row(CORNERS.bottomLeft, CORNERS.bottomRight);
  const rows = Array.from({ length: height }, (_, y) => (y < height / 2 ? top : bottom));
  return png(width, height, deflateSync(concat(...rows)));
}

export function jpegPhoto(
  width: number,
  height: number,
  { orientation, progressive = false }: { orientation?: number; progressive?: boolean } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const image = new Bun.Image(pngPhoto(width, height)).jpeg({ quality: 90, progressive });
  return image.bytes().then((bytes) => {
    const jpeg = concat(bytes);
    return orientation === undefined ? jpeg : withJpegSegment(jpeg, 0xe1, exif(orientation));
  });
}

export function webpPhoto(width: number, height: number, lossless = false) {
  return new Bun.Image(pngPhoto(width, height)).webp({ lossless }).bytes().then(concat);
}

/** A dark thing in the middle of what is black and transparent, as "lift the subject" saves it. */
export function transparentPng(width: number, height: number): Uint8Array<ArrayBuffer> {
  const isThing = (at: number, side: number) => Math.abs(at - side / 2) < side / 4;
  const rows = Array.from({ length: height }, (_, y) => {
    const pixels = Array.from({ length: width }, (_, x) =>
      isThing(x, width) && isThing(y, height) ? [20, 20, 20, 255] : [0, 0, 0, 0],
    );
    return Uint8Array.from([0, ...pixels.flat()]);
  });
  return png(width, height, deflateSync(concat(...rows)), { colourType: 6 });
}

/** A photo that looks like no other: 8 × 8 grey areas of a pattern that the seed decides. */
export async function patternPhoto(seed: number): Promise<Uint8Array<ArrayBuffer>> {
  const greys = new Bun.CryptoHasher("sha512").update(String(seed)).digest();
  const rows = Array.from({ length: 8 }, (_, y) => {
    const row = [...greys.subarray(8 * y, 8 * y + 8)];
    return Uint8Array.from([0, ...row.flatMap((grey) => [grey, grey, grey])]);
  });
  const image = new Bun.Image(png(8, 8, deflateSync(concat(...rows))));
  return concat(await image.resize(64, 64, { fit: "fill" }).jpeg({ quality: 90 }).bytes());
}

/** A PNG of a few dozen bytes that claims to be `width` × `height`. */
export function pngBomb(width: number, height: number): Uint8Array<ArrayBuffer> {
  return png(width, height, deflateSync(new Uint8Array(64)));
}

/** A small JPEG whose frame header claims to be `width` × `height`. */
export async function jpegBomb(width: number, height: number): Promise<Uint8Array<ArrayBuffer>> {
  const jpeg = await jpegPhoto(16, 16);
  const frame = Buffer.from(jpeg).indexOf(Uint8Array.of(0xff, 0xc0));
  const view = new DataView(jpeg.buffer);
  view.setUint16(frame + 5, height);
  view.setUint16(frame + 7, width);
  return jpeg;
}

/** Puts in a segment, by default right behind the start-of-image marker. */
export function withJpegSegment(jpeg: Uint8Array, marker: number, body: Uint8Array, at = 2) {
  const size = body.length + 2;
  const head = Uint8Array.of(0xff, marker, size >> 8, size & 0xff);
  return concat(jpeg.subarray(0, at), head, body, jpeg.subarray(at));
}

/** Puts a chunk right behind IHDR. */
export function withPngChunk(source: Uint8Array, type: string, body: Uint8Array) {
  return concat(source.subarray(0, 33), pngChunk(type, body), source.subarray(33));
}

/** A simple-format WebP rewritten as an extended one that carries EXIF behind the picture. */
export function withWebpExif(source: Uint8Array, width: number, height: number, tiff: Uint8Array) {
  const head = new Uint8Array(10);
  const view = new DataView(head.buffer);
  view.setUint8(0, 0x08);
  view.setUint16(4, width - 1, true);
  view.setUint16(7, height - 1, true);
  const body = concat(
    text("WEBP"),
    riffChunk("VP8X", head),
    source.subarray(12),
    riffChunk("EXIF", tiff),
  );
  return riffChunk("RIFF", body);
}

/** The TIFF block of EXIF with an orientation and, behind it, a place that must not leak. */
export function tiff(orientation: number): Uint8Array<ArrayBuffer> {
  const block = concat(new Uint8Array(26), text(SECRET_PLACE));
  const view = new DataView(block.buffer);
  view.setUint32(0, 0x4d4d002a);
  view.setUint32(4, 8);
  view.setUint16(8, 1);
  view.setUint16(10, 0x0112);
  view.setUint16(12, 3);
  view.setUint32(14, 1);
  view.setUint16(18, orientation);
  return block;
}

/** The same block in the byte order of most phones. */
export function littleEndianTiff(orientation: number): Uint8Array<ArrayBuffer> {
  const block = concat(tiff(orientation));
  const view = new DataView(block.buffer);
  view.setUint32(0, 0x4949_2a00);
  view.setUint32(4, 8, true);
  view.setUint16(8, 1, true);
  view.setUint16(10, 0x0112, true);
  view.setUint16(12, 3, true);
  view.setUint32(14, 1, true);
  view.setUint16(18, orientation, true);
  return block;
}

export const SECRET_PLACE = "37.5665N 126.9780E";

export function exif(orientation: number): Uint8Array<ArrayBuffer> {
  return concat(text("Exif\0\0"), tiff(orientation));
}

export function text(latin1: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(latin1, (letter) => letter.charCodeAt(0));
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(parts));
}

interface PngOptions {
  readonly depth?: number;
  readonly colourType?: number;
  readonly isInterlaced?: boolean;
  /** Between the header and the pixels. */
  readonly chunks?: readonly Uint8Array[];
}

/** @param pixels compressed rows, by default of 8-bit RGB, each with its filter in front */
export function png(
  width: number,
  height: number,
  pixels: Uint8Array,
  { depth = 8, colourType = 2, isInterlaced = false, chunks: more = [] }: PngOptions = {},
) {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([depth, colourType, 0, 0, isInterlaced ? 1 : 0], 8);
  const chunks = [pngChunk("IHDR", header), ...more];
  chunks.push(pngChunk("IDAT", pixels), pngChunk("IEND", text("")));
  return concat(text("\x89PNG\r\n\x1a\n"), ...chunks);
}

export function pngChunk(type: string, body: Uint8Array) {
  const chunk = concat(new Uint8Array(4), text(type), body, new Uint8Array(4));
  const view = new DataView(chunk.buffer);
  view.setUint32(0, body.length);
  view.setUint32(body.length + 8, Bun.hash.crc32(chunk.subarray(4, body.length + 8)));
  return chunk;
}

function riffChunk(type: string, body: Uint8Array) {
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, body.length, true);
  return concat(text(type), size, body, new Uint8Array(body.length % 2));
}
