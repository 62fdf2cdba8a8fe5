import { Fault } from "#lib/error/fault.ts";
import { hasText, viewOf } from "./bytes.ts";

/** A real file has a few dozen, an iPhone's about a hundred; bounds the work on hostile files. */
const boxesMax = 4_096;
const brandsMax = 32;

/** Brands by what is inside: HEVC, as iPhones and Galaxys write it, AV1, or a sequence of AV1. */
const FORMATS = new Map<string, HeifFormat>([
  ...["heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs"].map(
    (brand) => [brand, "heic"] as const,
  ),
  ["avif", "avif"],
  ["avis", "avis"],
]);
/** Name the container alone. */
const CONTAINERS = new Set(["mif1", "msf1", "mif2", "miaf"]);

export type HeifFormat = "heic" | "avif" | "avis";

interface Box {
  readonly type: string;
  readonly body: number;
  readonly end: number;
}

/** What a file in the container HEIF has inside, by the brands it names, or undefined: MP4 is such a container too. */
export function sniffHeif(bytes: Uint8Array): HeifFormat | undefined {
  if (bytes.length < 12 || !hasText(bytes, 4, "ftyp")) return undefined;
  const end = Math.min(viewOf(bytes).getUint32(0), bytes.length, 8 + 4 * brandsMax);
  const brands: string[] = [];
  for (let at = 8; at + 4 <= end; at += 4) brands.push(textOf(bytes, at));
  const formats = brands.flatMap((brand) => FORMATS.get(brand) ?? []);
  // A sequence with a picture that stands for it names both.
  const [format] = formats.toSorted((a, b) => Number(a === "avis") - Number(b === "avis"));
  return format ?? (brands.some((brand) => CONTAINERS.has(brand)) ? "heic" : undefined);
}

/** Size of the largest picture that a HEIF file declares, or undefined when the bytes end before that. */
export function readHeifSize(bytes: Uint8Array): { width: number; height: number } | undefined {
  const properties = readProperties(bytes);
  if (!properties) return undefined;
  const view = viewOf(bytes);
  let [width, height] = [0, 0];
  for (const { type, body, end } of properties) {
    if (type !== "ispe" || body + 12 > end || end > bytes.length) continue;
    const [itsWidth, itsHeight] = [view.getUint32(body + 4), view.getUint32(body + 8)];
    if (itsWidth * itsHeight > width * height) [width, height] = [itsWidth, itsHeight];
  }
  return { width, height };
}

/** How a picture is to be shown, as its file says it. */
export interface HeifDisplay {
  /** Quarter turns counterclockwise, before it is mirrored. */
  readonly quarterTurns: number;
  readonly mirror: "top-bottom" | "left-right" | undefined;
  /** An ICC profile, or empty. */
  readonly profile: Uint8Array;
}

/** For decoders that leave it to the caller. What stands there more than once is the picture's first. */
export function readHeifDisplay(bytes: Uint8Array): HeifDisplay {
  const all = [...(readProperties(bytes) ?? [])];
  const firstByte = (type: string) => {
    const box = find(all, type);
    return box && bytes[box.body];
  };
  const mirror = firstByte("imir");
  const profile = all.find(
    ({ type, body }) => type === "colr" && ["prof", "rICC"].includes(textOf(bytes, body)),
  );
  return {
    quarterTurns: (firstByte("irot") ?? 0) & 3,
    mirror: mirror === undefined ? undefined : mirror & 1 ? "left-right" : "top-bottom",
    profile: profile ? bytes.subarray(profile.body + 4, profile.end) : new Uint8Array(),
  };
}

/** The properties of the pictures in a HEIF file, or undefined when the bytes end before these do. */
function readProperties(bytes: Uint8Array): Iterable<Box> | undefined {
  const meta = find(boxes(bytes, 0, bytes.length), "meta");
  if (!meta || meta.end > bytes.length) return undefined;
  // Its body begins with a version.
  const properties = find(boxes(bytes, meta.body + 4, meta.end), "iprp");
  const container = properties && find(boxes(bytes, properties.body, properties.end), "ipco");
  return container ? boxes(bytes, container.body, container.end) : [];
}

function find(among: Iterable<Box>, type: string): Box | undefined {
  for (const box of among) if (box.type === type) return box;
  return undefined;
}

/** Walks the boxes of a stretch; ends where it does. */
function* boxes(bytes: Uint8Array, from: number, to: number): Generator<Box, void> {
  const view = viewOf(bytes);
  const last = Math.min(to, bytes.length);
  let start = from;
  for (let count = 0; start + 16 <= last; count += 1) {
    if (count === boxesMax) throw corrupt("too many boxes");
    const size32 = view.getUint32(start);
    // 1: the size needs 64 bits, of which the lower 32 are more than any photo has. 0: to the end.
    const body = start + (size32 === 1 ? 16 : 8);
    const size = size32 === 1 ? view.getUint32(start + 12) : size32 || to - start;
    if (start + size < body) throw corrupt("box below its own size");
    const box = { type: textOf(bytes, start + 4), body, end: start + size };
    yield box;
    start = box.end;
  }
}

function textOf(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

function corrupt(cause: string): Fault {
  return new Fault("IMAGE_CORRUPT", { cause: new Error(`HEIF: ${cause}`) });
}
