import { crc32 } from "node:zlib";
import { Fault } from "#lib/error/fault.ts";
import { concatBytes, hasText, joinRanges, type Range, textBytes, viewOf } from "./bytes.ts";
import { type Orientation, readOrientation, writeOrientation } from "./exif.ts";

export const PNG_SIGNATURE = "\x89PNG\r\n\x1a\n";
const headerBytes = 33;
/** Encoders write the pixels in pieces of 8 kB or more; bounds the work on hostile files. */
const chunksMax = 65_536;
const [IHDR, PLTE, IDAT, IEND] = codesOf("IHDR", "PLTE", "IDAT", "IEND");
const [eXIf] = codesOf("eXIf");
const CRITICAL = new Set([IHDR, PLTE, IDAT, IEND]);
/** What the pixels need to look the same. Text, time, EXIF, animation and the unknown are left. */
const PICTURE = new Set([
  ...CRITICAL,
  ...codesOf("tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "cICP"),
]);

interface Chunk {
  /** Its four letters as a number: a file may have 65,000 chunks, and text for each takes a fifth of a second. */
  readonly type: number;
  readonly start: number;
  readonly body: number;
  readonly end: number;
}

/**
 * Size from IHDR, or undefined when the bytes end before it does. Orientation is that of an eXIf chunk
 * among the bytes given, which may stand behind the pixels.
 */
export function readPngHeader(
  bytes: Uint8Array,
): { width: number; height: number; orientation: Orientation } | undefined {
  if (bytes.length < headerBytes) return undefined;
  const view = viewOf(bytes);
  if (view.getUint32(8) !== 13 || !hasText(bytes, 12, "IHDR")) throw corrupt("no IHDR");
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  return { width, height, orientation: findOrientation(bytes) };
}

/** The PNG without metadata; an animated one becomes its still image. */
export function stripPng(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const kept: Range[] = [{ start: 0, end: PNG_SIGNATURE.length }];
  let headers = 0;
  let hasPixels = false;
  for (const chunk of chunks(bytes)) {
    if (chunk.end > bytes.length) break;
    const isCritical = (chunk.type & 0x2000_0000) === 0;
    if (isCritical && !CRITICAL.has(chunk.type)) throw corrupt("unknown critical chunk");
    if (chunk.type === IHDR) headers += 1;
    // A second header would smuggle another size past the one that was checked.
    if (headers !== 1) throw corrupt("not exactly one IHDR, first");
    if (chunk.type === IDAT) hasPixels = true;
    if (PICTURE.has(chunk.type)) kept.push(chunk);
    if (chunk.type !== IEND) continue;
    if (!hasPixels) throw corrupt("no pixels");
    return joinRanges(bytes, kept);
  }
  throw corrupt("cut off before its end");
}

/** Puts EXIF that holds the orientation alone right behind IHDR. */
export function orientPng(stripped: Uint8Array, orientation: Orientation): Uint8Array<ArrayBuffer> {
  const exif = writeOrientation(orientation);
  const chunk = concatBytes([new Uint8Array(4), textBytes("eXIf"), exif, new Uint8Array(4)]);
  viewOf(chunk).setUint32(0, exif.length);
  viewOf(chunk).setUint32(8 + exif.length, crc32(chunk.subarray(4, 8 + exif.length)));
  return concatBytes([stripped.subarray(0, headerBytes), chunk, stripped.subarray(headerBytes)]);
}

function findOrientation(bytes: Uint8Array): Orientation {
  for (const { type, body, end } of chunks(bytes)) {
    if (type === IEND || end > bytes.length) return 1;
    if (type === eXIf) return readOrientation(bytes.subarray(body, end - 4));
  }
  return 1;
}

/** Walks the chunks; ends where the bytes do. */
function* chunks(bytes: Uint8Array): Generator<Chunk, void> {
  const view = viewOf(bytes);
  let start = PNG_SIGNATURE.length;
  for (let count = 0; start + 8 <= bytes.length; count += 1) {
    if (count === chunksMax) throw corrupt("too many chunks");
    const length = view.getUint32(start);
    if (length > 0x7fff_ffff) throw corrupt("chunk length out of range");
    const type = view.getUint32(start + 4);
    if (!isLetters(type)) throw corrupt("chunk type is not letters");
    const chunk = { type, start, body: start + 8, end: start + 12 + length };
    yield chunk;
    start = chunk.end;
  }
}

function codesOf<T extends string[]>(...names: T): { [K in keyof T]: number };
function codesOf(...names: string[]): number[] {
  return names.map((name) => viewOf(textBytes(name)).getUint32(0));
}

/** Of all four bytes, without regard to case. */
function isLetters(type: number): boolean {
  for (let shift = 0; shift < 32; shift += 8) {
    const lower = ((type >>> shift) & 0xff) | 0x20;
    if (lower < 0x61 || lower > 0x7a) return false;
  }
  return true;
}

function corrupt(cause: string): Fault {
  return new Fault("IMAGE_CORRUPT", { cause: new Error(`PNG: ${cause}`) });
}
