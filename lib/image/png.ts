import { crc32 } from "node:zlib";
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

export const PNG_SIGNATURE = "\x89PNG\r\n\x1a\n";
const headerBytes = 33;
/** Encoders write the pixels in pieces of 8 kB or more; bounds the work on hostile files. */
const chunksMax = 65_536;
const [IHDR, PLTE, IDAT, IEND] = codesOf("IHDR", "PLTE", "IDAT", "IEND");
const [eXIf, tRNS] = codesOf("eXIf", "tRNS");
const CRITICAL = new Set([IHDR, PLTE, IDAT, IEND]);
/** What the pixels need to look the same. Text, time, EXIF, animation and the unknown are left. */
const PICTURE = new Set([
  ...CRITICAL,
  tRNS,
  ...codesOf("gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "cICP"),
]);
/** Where IHDR has the colour type, and what that says of an alpha channel. */
const colourTypeAt = 25;
const ALPHA_FLAG = 4;
/** Walked over in a millisecond or so. */
const chunksOfStep = 4_096;

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

/**
 * The PNG without metadata; an animated one becomes its still image. An end that is missing is added: to the
 * file, and to the last piece of its pixels.
 */
export function* stripPng(bytes: Uint8Array): Steps<StrippedPhoto> {
  const kept: Range[] = [{ start: 0, end: PNG_SIGNATURE.length }];
  const added: Uint8Array[] = [];
  let headers = 0;
  let hasPixels = false;
  let isPlain = ((bytes[colourTypeAt] ?? 0) & ALPHA_FLAG) === 0;
  let isMended = true;
  for (const chunk of chunks(bytes)) {
    if (kept.length % chunksOfStep === 0) yield;
    const { type, body, end } = chunk;
    const isCritical = (type & 0x2000_0000) === 0;
    if (isCritical && !CRITICAL.has(type)) throw corrupt("unknown critical chunk");
    if (type === IHDR) headers += 1;
    // A second header would smuggle another size past the one that was checked.
    if (headers !== 1) throw corrupt("not exactly one IHDR, first");
    if (type === IDAT) hasPixels = true;
    if (type === tRNS) isPlain = false;
    const isWhole = end <= bytes.length;
    if (isWhole && PICTURE.has(type)) kept.push(chunk);
    if (!isWhole && type === IDAT) added.push(createChunk("IDAT", bytes.subarray(body, end - 4)));
    if (!isWhole || type !== IEND) continue;
    isMended = false;
    break;
  }
  if (!hasPixels) throw corrupt("no pixels");
  if (isMended) added.push(createChunk("IEND", new Uint8Array()));
  const picture = yield* concatInSteps(partsOf(bytes, kept, isMended ? added : []));
  return { bytes: picture, isMended, isPlain };
}

/** Puts EXIF that holds the orientation alone right behind IHDR. */
export function orientPng(stripped: Uint8Array, orientation: Orientation): Uint8Array<ArrayBuffer> {
  const chunk = createChunk("eXIf", writeOrientation(orientation));
  return concatBytes([stripped.subarray(0, headerBytes), chunk, stripped.subarray(headerBytes)]);
}

function createChunk(type: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const chunk = concatBytes([new Uint8Array(4), textBytes(type), body, new Uint8Array(4)]);
  viewOf(chunk).setUint32(0, body.length);
  viewOf(chunk).setUint32(8 + body.length, crc32(chunk.subarray(4, 8 + body.length)));
  return chunk;
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
