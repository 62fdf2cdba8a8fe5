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
import { pixelsMax } from "./pixels-max.ts";
import type { Steps } from "./steps.ts";
import type { StrippedPhoto } from "./strip.ts";

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP2 = 0xe2;
const APP14 = 0xee;
const COM = 0xfe;
const END = Uint8Array.of(0xff, EOI);
const EXIF = "Exif\0\0";
const PROFILE = "ICC_PROFILE\0";
const segmentBytesMax = 65_533;
/** A JFIF APP0 of this size holds no thumbnail, which is a picture of what may have been cropped. */
const jfifBytes = 18;
/** A real photo has a few dozen; XMP depth maps add one per 64 kB. Bounds the work on hostile files. */
const segmentsMax = 4_096;
/** Some phones write a few bytes of it; a segment that gives too short a length leaves 64 kB at most. */
const junkBytesMax = 1024 * 1024;
/**
 * Progressive encoders write about ten scans. Each walks every pixel again, so a hundred empty scans over a
 * large frame are a decompression bomb that no pixel cap catches.
 */
const scannedPixelsMax = 12 * pixelsMax;
const scansMax = 100;

interface Segment {
  readonly marker: number;
  /** Where its 0xFF stands, and where its payload begins. */
  readonly start: number;
  readonly body: number;
  /** One past its last byte. Whoever walks on behind a scan's header sets it to the end of the scan. */
  end: number;
}

interface Frame {
  readonly width: number;
  readonly height: number;
  /** One is grey, three are colours, four are inks. */
  readonly components: number;
}

/**
 * Size and orientation from the header, or undefined when the bytes end before the frame does. EXIF may stand
 * behind the frame: certain only from bytes that reach to the first scan.
 */
export function readJpegHeader(
  bytes: Uint8Array,
): { width: number; height: number; orientation: Orientation } | undefined {
  let frame: Frame | undefined;
  let orientation: Orientation | undefined;
  for (const segment of segments(bytes)) {
    const { marker, body, end } = segment;
    if (marker === SOS || marker === EOI) {
      if (!frame) throw corrupt("no frame before the scan");
      break;
    }
    if (end > bytes.length) break;
    if (isFrame(marker)) frame ??= readFrame(bytes, segment);
    if (marker === APP1 && hasText(bytes, body, EXIF)) {
      orientation ??= readOrientation(bytes.subarray(body + EXIF.length, end));
    }
  }
  return frame && { width: frame.width, height: frame.height, orientation: orientation ?? 1 };
}

/**
 * The JPEG without metadata: keeps the frame, tables and scans, a JFIF header without thumbnail, the
 * colour profile and Adobe's colour transform; drops EXIF, XMP, comments, thumbnails, every other
 * application segment, what some phones write between segments, and whatever follows the end of the
 * image. An end that is missing is added.
 */
export function* stripJpeg(bytes: Uint8Array): Steps<StrippedPhoto> {
  const kept: Range[] = [{ start: 0, end: 2 }];
  let frame: Frame | undefined;
  let scans = 0;
  let isMended = true;
  for (const segment of segments(bytes)) {
    const { marker } = segment;
    if (segment.end > bytes.length) break;
    if (isFrame(marker)) {
      // A second frame header would smuggle another size past the one that was checked.
      if (frame) throw corrupt("more than one frame");
      frame = readFrame(bytes, segment);
    }
    if (marker === SOS) {
      checkScans(++scans, frame);
      segment.end = yield* endOfScan(bytes, segment.end);
    }
    if (isPicture(bytes, segment)) kept.push(segment);
    if (marker === EOI) isMended = false;
  }
  if (!frame || scans === 0) throw corrupt("no picture");
  const picture = yield* concatInSteps(partsOf(bytes, kept, isMended ? [END] : []));
  return { bytes: picture, isMended, isPlain: frame.components < 4 };
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

/** Puts a colour profile right behind the start of the image; one that no single segment holds is left out. */
export function addColourProfile(
  stripped: Uint8Array,
  profile: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const body = concatBytes([textBytes(`${PROFILE}\x01\x01`), profile]);
  const isKept = profile.length > 0 && body.length <= segmentBytesMax;
  const head = Uint8Array.of(0xff, APP2, (body.length + 2) >> 8, (body.length + 2) & 0xff);
  const added = isKept ? [head, body] : [];
  return concatBytes([stripped.subarray(0, 2), ...added, stripped.subarray(2)]);
}

/** Walks the segments up to and with the end of the image, or to where the bytes end. */
function* segments(bytes: Uint8Array): Generator<Segment, void> {
  let junkBytes = 0;
  let at = 2;
  for (let count = 0; ; count += 1) {
    if (count === segmentsMax) throw corrupt("too many segments");
    const start = nextMarker(bytes, at, at + junkBytesMax - junkBytes);
    junkBytes += start - at;
    const marker = bytes[start + 1];
    if (marker === EOI) {
      yield { marker, start, body: start + 2, end: start + 2 };
      return;
    }
    const [high, low] = [bytes[start + 2], bytes[start + 3]];
    if (marker === undefined || high === undefined || low === undefined) return;
    const size = high * 256 + low;
    if (size < 2) throw corrupt("segment length below its own size");
    const segment = { marker, start, body: start + 4, end: start + 2 + size };
    yield segment;
    at = segment.end;
  }
}

/** Where the 0xFF of the next segment stands: decoders skip whatever is none, and padding before it. */
function nextMarker(bytes: Uint8Array, from: number, until: number): number {
  let at = nextFf(bytes, from);
  while (at <= until) {
    const marker = bytes[at + 1];
    if (marker === undefined) return bytes.length;
    if (marker === 0xff) at += 1;
    else if (marker < 0xc0 || (marker >= 0xd0 && marker <= SOI)) at = nextFf(bytes, at + 2);
    else return at;
  }
  throw corrupt("too much between segments");
}

/** Where the scan ends: with the bytes, or at a 0xFF that is neither stuffed, a restart marker nor padding. */
function* endOfScan(bytes: Uint8Array, from: number): Steps<number> {
  for (let at = from; at < bytes.length; ) {
    at = scanOn(bytes, at, at + stepBytes);
    const marker = bytes[at] === 0xff ? bytes[at + 1] : undefined;
    if (marker !== undefined && !isOfScan(marker)) {
      if (marker < 0xc0 || marker === SOI) throw corrupt("unexpected marker in a scan");
      return at;
    }
    yield;
  }
  return bytes.length;
}

/** Where the scan ends, or where it goes on at `until`. No generator, in which loops are slow. */
function scanOn(bytes: Uint8Array, from: number, until: number): number {
  let at = from;
  while (at < until) {
    at = nextFf(bytes, at);
    const next = bytes[at + 1];
    // By far the most frequent.
    if (next === 0) at += 2;
    else if (next === undefined) return bytes.length;
    else if (!isOfScan(next)) return at;
    else at += next === 0xff ? 1 : 2;
  }
  return at;
}

/** What may follow 0xFF inside a scan: a stuffed 00, the D0–D7 of a restart marker, or padding. */
function isOfScan(next: number): boolean {
  return next === 0 || (next >= 0xd0 && next <= 0xd7) || next === 0xff;
}

/** Looked through in a millisecond or so, whatever they are. */
const stepBytes = 256 * 1024;
const nearBytes = 4;

/**
 * The next 0xFF, or the end.
 *
 * One in 256 bytes of a photo is 0xFF, and looking for it natively is an order of magnitude faster; in a hostile
 * file it is every second one, where a native call for each would take a second.
 */
function nextFf(bytes: Uint8Array, from: number): number {
  const near = from + nearBytes;
  for (let at = from; at < near; at += 1) if (bytes[at] === 0xff) return at;
  const at = bytes.indexOf(0xff, near);
  return at === -1 ? bytes.length : at;
}

function isFrame(marker: number): boolean {
  const isTable = marker === 0xc4 || marker === 0xc8 || marker === 0xcc;
  return marker >= 0xc0 && marker <= 0xcf && !isTable;
}

/** Baseline, extended and progressive with 8 bits: what browsers, decoders and models all read. */
function readFrame(bytes: Uint8Array, { marker, body, end }: Segment): Frame {
  if (end < body + 6) throw corrupt("no size in the frame");
  const view = viewOf(bytes);
  const precision = view.getUint8(body);
  if (marker > 0xc2 || precision !== 8) {
    throw new Fault("IMAGE_TYPE_UNSUPPORTED", {
      cause: new Error(`JPEG frame ${marker}, ${precision} bits`),
    });
  }
  const [height, width] = [view.getUint16(body + 1), view.getUint16(body + 3)];
  return { width, height, components: view.getUint8(body + 5) };
}

function checkScans(scans: number, frame: Frame | undefined): void {
  if (!frame) throw corrupt("no frame before the scan");
  if (scans > scansMax) throw corrupt("too many scans");
  const pixels = frame.width * frame.height;
  if (scans * pixels <= scannedPixelsMax) return;
  const cause = new Error(`JPEG: ${scans} scans of ${pixels} pixels`);
  throw new Fault("IMAGE_TOO_MANY_PIXELS", { cause });
}

function isPicture(bytes: Uint8Array, { marker, start, body, end }: Segment): boolean {
  if (marker === APP0) return end - start === jfifBytes && hasText(bytes, body, "JFIF\0");
  if (marker === APP2) return hasText(bytes, body, PROFILE);
  if (marker === APP14) return hasText(bytes, body, "Adobe");
  return marker < APP0 && marker !== COM;
}

function corrupt(cause: string): Fault {
  return new Fault("IMAGE_CORRUPT", { cause: new Error(`JPEG: ${cause}`) });
}
