import { Fault } from "#lib/error/fault.ts";
import {
  concatBytes,
  concatInSteps,
  hasText,
  partsOf,
  type Range,
  textBytes,
  viewOf,
} from "./bytes.ts";
import { type Orientation, readOrientation, writeOrientation } from "./exif.ts";
import type { Steps } from "./steps.ts";
import type { StrippedPhoto } from "./strip.ts";

const riffBytes = 12;
/** Up to and including the size fields of each kind of first chunk. */
const headerBytes = 30;
/** A still has at most six; bounds the work on hostile files. */
const chunksMax = 64;
/** What the pixels need to look the same. */
const PICTURE = new Set(["VP8X", "ICCP", "ALPH", "VP8 ", "VP8L"]);
const ANIMATION_FLAG = 0x02;
const ALPHA_FLAG = 0x10;
const PROFILE_FLAG = 0x20;
const frameHeadBytes = 16;
const EXIF_FLAG = 0x08;
const METADATA_FLAGS = EXIF_FLAG | 0x04;

interface Chunk {
  readonly type: string;
  readonly start: number;
  readonly body: number;
  /** One past its last byte, its padding of 0 or 1 byte included. */
  readonly end: number;
  readonly padding: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Size from the first chunk, or undefined when the bytes end before it does. Orientation is that of an
 * EXIF chunk among the bytes given, which stands behind the pixels. An animation has to
 * be a still before (`stillWebp`).
 */
export function readWebpHeader(
  bytes: Uint8Array,
): { width: number; height: number; orientation: Orientation } | undefined {
  if (bytes.length < headerBytes) return undefined;
  if (isAnimatedWebp(bytes)) {
    throw new Fault("IMAGE_TYPE_UNSUPPORTED", { cause: new Error("animated WebP") });
  }
  const size = readSize(bytes, riffBytes);
  if (size === undefined) throw corrupt("unknown first chunk");
  return { ...size, orientation: findOrientation(bytes) };
}

export function isAnimatedWebp(bytes: Uint8Array): boolean {
  const isExtended = hasText(bytes, 0, "RIFF") && hasText(bytes, 8, "WEBPVP8X");
  return isExtended && ((bytes[20] ?? 0) & ANIMATION_FLAG) !== 0;
}

/** What all frames of an extended WebP lie in. */
export function readCanvas(bytes: Uint8Array): Size | undefined {
  return bytes.length < headerBytes ? undefined : readSize(bytes, riffBytes);
}

/** The first frame of an animation as a WebP of its own, in the size that it has: its pixels stay as they are. */
export function stillWebp(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  let profile: Chunk | undefined;
  for (const chunk of chunks(bytes)) {
    if (chunk.type === "ICCP") profile = chunk;
    if (chunk.type !== "ANMF") continue;
    if (chunk.end - chunk.padding > bytes.length) throw corrupt("cut off inside its first frame");
    // Its place, size, time and flags; then the chunks of a picture.
    const frame = bytes.subarray(chunk.body, chunk.end - chunk.padding);
    if (frame.length < frameHeadBytes) throw corrupt("no picture in its first frame");
    const head = bytes.slice(0, headerBytes);
    head.set(frame.subarray(6, 12), riffBytes + 12);
    // Whether it is transparent the picture itself says as well.
    head[20] = (profile ? PROFILE_FLAG : 0) | ALPHA_FLAG;
    const colours = profile ? bytes.subarray(profile.start, profile.end) : new Uint8Array();
    const still = concatBytes([head, colours, frame.subarray(frameHeadBytes)]);
    viewOf(still).setUint32(4, still.length - 8, true);
    return still;
  }
  throw corrupt("an animation without a frame");
}

/** The WebP without metadata. Its picture must be whole; what the file says of its own length is corrected. */
export function* stripWebp(bytes: Uint8Array): Steps<StrippedPhoto> {
  const canvas = readSize(bytes, riffBytes);
  const kept: Range[] = [{ start: 0, end: riffBytes }];
  const riffEnd = Math.min(viewOf(bytes).getUint32(4, true) + 8, bytes.length);
  let pictures = 0;
  let isPlain = true;
  let isPadded = true;
  for (const chunk of chunks(bytes.subarray(0, riffEnd))) {
    if (!PICTURE.has(chunk.type)) continue;
    // Some writers leave out the last padding byte.
    isPadded = chunk.end <= riffEnd;
    if (chunk.end - chunk.padding > riffEnd) throw corrupt("cut off before its end");
    kept.push(chunk);
    if (chunk.type === "ALPH" || hasAlphaBit(bytes, chunk)) isPlain = false;
    if (chunk.type !== "VP8 " && chunk.type !== "VP8L") continue;
    pictures += 1;
    const size = readSize(bytes, chunk.start);
    // The canvas was checked against the pixel cap; the picture inside must not be another.
    if (size?.width !== canvas?.width || size?.height !== canvas?.height) {
      throw corrupt("picture differs from its canvas");
    }
  }
  if (pictures !== 1) throw corrupt("not exactly one picture");
  const padding = isPadded ? [] : [new Uint8Array(1)];
  const stripped = yield* concatInSteps(partsOf(bytes, kept, padding));
  viewOf(stripped).setUint32(4, stripped.length - 8, true);
  if (hasText(stripped, riffBytes, "VP8X")) stripped[20] = (stripped[20] ?? 0) & ~METADATA_FLAGS;
  return { bytes: stripped, isMended: false, isPlain };
}

/**
 * Puts EXIF that holds the orientation alone behind the picture. Only the extended format can carry
 * it: a simple file with EXIF in it is broken, and no viewer turns it.
 */
export function orientWebp(
  stripped: Uint8Array<ArrayBuffer>,
  orientation: Orientation,
): Uint8Array<ArrayBuffer> {
  if (!hasText(stripped, riffBytes, "VP8X")) return stripped;
  const exif = writeOrientation(orientation);
  const head = concatBytes([textBytes("EXIF"), new Uint8Array(4)]);
  viewOf(head).setUint32(4, exif.length, true);
  const oriented = concatBytes([stripped, head, exif]);
  viewOf(oriented).setUint32(4, oriented.length - 8, true);
  oriented[20] = (oriented[20] ?? 0) | EXIF_FLAG;
  return oriented;
}

function readSize(bytes: Uint8Array, at: number): Size | undefined {
  if (at + 18 > bytes.length) return undefined;
  const view = viewOf(bytes);
  const body = at + 8;
  if (hasText(bytes, at, "VP8X")) {
    return { width: 1 + uint24(view, body + 4), height: 1 + uint24(view, body + 7) };
  }
  if (hasText(bytes, at, "VP8L")) {
    if (bytes[body] !== 0x2f) throw corrupt("bad VP8L signature");
    const bits = view.getUint32(body + 1, true);
    return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
  }
  if (hasText(bytes, at, "VP8 ")) {
    const isKeyFrame = ((bytes[body] ?? 1) & 1) === 0;
    if (!isKeyFrame || !hasText(bytes, body + 3, "\x9d\x01\x2a")) throw corrupt("bad VP8 frame");
    const [width, height] = [view.getUint16(body + 6, true), view.getUint16(body + 8, true)];
    return { width: width & 0x3fff, height: height & 0x3fff };
  }
  return undefined;
}

function findOrientation(bytes: Uint8Array): Orientation {
  for (const { type, body, end } of chunks(bytes)) {
    if (end > bytes.length) return 1;
    if (type !== "EXIF") continue;
    const exif = bytes.subarray(body, end);
    // Some writers put JPEG's prefix in front of the TIFF block.
    return readOrientation(hasText(exif, 0, "Exif\0\0") ? exif.subarray(6) : exif);
  }
  return 1;
}

/** Walks the chunks; ends where the bytes do. */
function* chunks(bytes: Uint8Array): Generator<Chunk, void> {
  const view = viewOf(bytes);
  let start = riffBytes;
  for (let count = 0; start + 8 <= bytes.length; count += 1) {
    if (count === chunksMax) throw corrupt("too many chunks");
    const size = view.getUint32(start + 4, true);
    const type = String.fromCharCode(...bytes.subarray(start, start + 4));
    const padding = size % 2;
    const end = start + 8 + size + padding;
    yield { type, start, body: start + 8, end, padding };
    start = end;
  }
}

/** Whether a lossless picture says that it has transparent parts. */
function hasAlphaBit(bytes: Uint8Array, { type, body }: Chunk): boolean {
  return type === "VP8L" && ((bytes[body + 4] ?? 0) & 0x10) !== 0;
}

function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) + view.getUint8(at + 2) * 65_536;
}

function corrupt(cause: string): Fault {
  return new Fault("IMAGE_CORRUPT", { cause: new Error(`WebP: ${cause}`) });
}
