import { Fault } from "#lib/error/fault.ts";
import { concatBytes, hasText, joinRanges, type Range, textBytes, viewOf } from "./bytes.ts";
import { type Orientation, readOrientation, writeOrientation } from "./exif.ts";
import { pixelsMax } from "./pixels-max.ts";

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP2 = 0xe2;
const APP14 = 0xee;
const COM = 0xfe;
const EXIF = "Exif\0\0";
/** A JFIF APP0 of this size holds no thumbnail, which is a picture of what may have been cropped. */
const jfifBytes = 18;
/** A real photo has a few dozen; XMP depth maps add one per 64 kB. Bounds the work on hostile files. */
const segmentsMax = 4_096;
/**
 * Progressive encoders write about ten scans. Each walks every pixel again, so a hundred empty scans over a
 * large frame are a decompression bomb that no pixel cap catches.
 */
const scannedPixelsMax = 12 * pixelsMax;
const scansMax = 100;

interface Segment {
  readonly marker: number;
  /** Where its 0xFF stands, where its payload begins, and one past its last byte. */
  readonly start: number;
  readonly body: number;
  readonly end: number;
}

/** Size and orientation from the header, or undefined when the bytes end before the frame does. */
export function readJpegHeader(
  bytes: Uint8Array,
): { width: number; height: number; orientation: Orientation } | undefined {
  const view = viewOf(bytes);
  let orientation: Orientation | undefined;
  for (const { marker, body, end } of segments(bytes)) {
    if (isFrame(marker)) {
      if (body + 6 > bytes.length) return undefined;
      checkFrame(marker, view.getUint8(body));
      const [height, width] = [view.getUint16(body + 1), view.getUint16(body + 3)];
      return { width, height, orientation: orientation ?? 1 };
    }
    if (marker === SOS || marker === EOI) throw corrupt("no frame before the scan");
    if (end > bytes.length) return undefined;
    if (marker === APP1 && hasText(bytes, body, EXIF)) {
      orientation ??= readOrientation(bytes.subarray(body + EXIF.length, end));
    }
  }
  return undefined;
}

/**
 * The JPEG without metadata: keeps the frame, tables and scans, a JFIF header without thumbnail, the
 * colour profile and Adobe's colour transform; drops EXIF, XMP, comments, thumbnails, every other
 * application segment and whatever follows the end of the image.
 */
export function stripJpeg(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const kept: Range[] = [{ start: 0, end: 2 }];
  let frames = 0;
  let scans = 0;
  let pixels = 0;
  for (const segment of segments(bytes)) {
    if (segment.end > bytes.length) break;
    if (isFrame(segment.marker)) frames += 1;
    if (segment.marker === SOS) scans += 1;
    if (isFrame(segment.marker)) pixels = pixelsOf(bytes, segment);
    // A second frame header would smuggle another size past the one that was checked.
    if (frames > 1) throw corrupt("more than one frame");
    if (scans > scansMax) throw corrupt("too many scans");
    if (scans * pixels > scannedPixelsMax) {
      const cause = new Error(`JPEG: ${scans} scans of ${pixels} pixels`);
      throw new Fault("IMAGE_TOO_MANY_PIXELS", { cause });
    }
    if (isPicture(bytes, segment)) kept.push(segment);
    if (segment.marker !== EOI) continue;
    if (frames === 0 || scans === 0) throw corrupt("no picture");
    return joinRanges(bytes, kept);
  }
  throw corrupt("cut off before its end");
}

/** Puts EXIF that holds the orientation alone right behind the start of the image. */
export function orientJpeg(
  stripped: Uint8Array,
  orientation: Orientation,
): Uint8Array<ArrayBuffer> {
  const exif = concatBytes([textBytes(EXIF), writeOrientation(orientation)]);
  const head = Uint8Array.of(0xff, APP1, 0, exif.length + 2);
  return concatBytes([stripped.subarray(0, 2), head, exif, stripped.subarray(2)]);
}

/** Walks the segments; a scan's segment includes its entropy-coded data. Ends where the bytes do. */
function* segments(bytes: Uint8Array): Generator<Segment, void> {
  let start = 2;
  for (let count = 0; start + 1 < bytes.length; count += 1) {
    if (count === segmentsMax) throw corrupt("too many segments");
    if (bytes[start] !== 0xff) throw corrupt("no marker where one must be");
    // Padding, of which there may be megabytes.
    while (bytes[start + 1] === 0xff) start += 1;
    const marker = bytes[start + 1] ?? 0;
    if (marker === EOI) {
      yield { marker, start, body: start + 2, end: start + 2 };
      return;
    }
    if (marker < 0xc0 || (marker >= 0xd0 && marker <= SOI)) throw corrupt("unexpected marker");
    const [high, low] = [bytes[start + 2], bytes[start + 3]];
    if (high === undefined || low === undefined) return;
    const size = high * 256 + low;
    if (size < 2) throw corrupt("segment length below its own size");
    const header = start + 2 + size;
    const end = marker === SOS ? endOfScan(bytes, header) : header;
    yield { marker, start, body: start + 4, end };
    start = end;
  }
}

/**
 * The next 0xFF that is neither stuffed (00), a restart marker (D0–D7) nor padding (FF).
 *
 * One in 256 bytes of a photo is 0xFF, and looking for it natively is an order of magnitude faster; in a hostile
 * file it is every second one, where a native call for each would take a second.
 */
function endOfScan(bytes: Uint8Array, from: number): number {
  let i = from;
  while (i + 1 < bytes.length) {
    const near = Math.min(i + nearBytes, bytes.length);
    while (i < near && bytes[i] !== 0xff) i += 1;
    if (i === near) {
      i = bytes.indexOf(0xff, i);
      if (i === -1) break;
    }
    const next = bytes[i + 1];
    if (next === undefined) break;
    if (next === 0xff) i += 1;
    else if (next === 0 || (next >= 0xd0 && next <= 0xd7)) i += 2;
    else return i;
  }
  return bytes.length + 1;
}

const nearBytes = 16;

function isFrame(marker: number): boolean {
  const isTable = marker === 0xc4 || marker === 0xc8 || marker === 0xcc;
  return marker >= 0xc0 && marker <= 0xcf && !isTable;
}

function pixelsOf(bytes: Uint8Array, { body }: Segment): number {
  const view = viewOf(bytes);
  return view.getUint16(body + 1) * view.getUint16(body + 3);
}

/** Baseline, extended and progressive with 8 bits: what browsers, decoders and models all read. */
function checkFrame(marker: number, precision: number): void {
  if (marker > 0xc2 || precision !== 8) {
    throw new Fault("IMAGE_TYPE_UNSUPPORTED", {
      cause: new Error(`JPEG frame ${marker}, ${precision} bits`),
    });
  }
}

function isPicture(bytes: Uint8Array, { marker, start, body, end }: Segment): boolean {
  if (marker === APP0) return end - start === jfifBytes && hasText(bytes, body, "JFIF\0");
  if (marker === APP2) return hasText(bytes, body, "ICC_PROFILE\0");
  if (marker === APP14) return hasText(bytes, body, "Adobe");
  return marker < APP0 && marker !== COM;
}

function corrupt(cause: string): Fault {
  return new Fault("IMAGE_CORRUPT", { cause: new Error(`JPEG: ${cause}`) });
}
