import { decodeFault } from "./decode-fault.ts";
import { pixelsMax } from "./pixels-max.ts";
import { pixelsOnWhite } from "./pixels-on-white.ts";

/** A photo is looked at as small as this: details that fine do not tell one photo from another. */
const sidePx = 32;
/** Lowest frequencies in each direction. */
const frequencies = 8;
/** In units of brightness, 0 to 255; below it, as in an even area, a sign is noise of the encoder. */
const amplitudeMin = 0.25;
/** Of 63 bits. Encoded or scaled again a photo differs in a few, from another one in about half. */
const differingBitsMax = 10;

/**
 * A perceptual hash of a photo, 16 hex digits: the signs of the lowest frequencies of its brightness (discrete
 * cosine transform), known as pHash. It hardly changes when a photo is encoded, scaled or brightened again.
 *
 * @throws Fault `IMAGE_CORRUPT` or `IMAGE_TOO_MANY_PIXELS`.
 */
export async function perceptualHash(photo: Uint8Array): Promise<string> {
  const image = new Bun.Image(photo, { maxPixels: pixelsMax });
  const tiny = image.resize(sidePx, sidePx, { fit: "fill", filter: "bilinear" });
  const { rgb } = await pixelsOnWhite(tiny).catch((error) => {
    throw decodeFault(error);
  });
  // Separable: along the rows first, then along the columns.
  const rows = lowFrequencies(brightnesses(rgb));
  const columns = lowFrequencies(rows);
  const signs = maskOf((u, v) => (columns[frequencies * v + u] ?? 0) > amplitudeMin);
  return signs.toString(16).padStart(16, "0");
}

/** Whether two hashes are of one photo, which may also be turned or mirrored. */
export function looksAlike(one: string, other: string): boolean {
  const [a, b] = [BigInt(`0x${one}`), BigInt(`0x${other}`)];
  return [b, transposed(b)].some((turned) =>
    MIRRORS.some((mirror) => bitCount(a ^ turned ^ mirror) <= differingBitsMax),
  );
}

const range = (length: number): number[] => Array.from({ length }, (_, i) => i);
/** All frequencies but the mean brightness, along x and along y. */
const FREQUENCIES = range(frequencies)
  .flatMap((u) => range(frequencies).map((v) => [u, v] as const))
  .slice(1);
const COSINES = range(frequencies).map((u) =>
  Float64Array.from(
    range(sidePx),
    (x) => Math.cos(((2 * x + 1) * u * Math.PI) / (2 * sidePx)) * (2 / sidePx),
  ),
);
const bit = (u: number, v: number): bigint => 1n << BigInt(frequencies * u + v);
const MIRROR_X = maskOf((u) => u % 2 === 1);
const MIRROR_Y = maskOf((_, v) => v % 2 === 1);
/** A mirror changes the sign of every odd frequency along it. */
const MIRRORS = [0n, MIRROR_X, MIRROR_Y, MIRROR_X ^ MIRROR_Y];

/** Of lines of `sidePx` values. Transposed: the first frequency of every line, then the second. */
function lowFrequencies(values: Float64Array): Float64Array {
  const lines = values.length / sidePx;
  const amplitudes = new Float64Array(frequencies * lines);
  // By index: these are thousands of products, and a callback each costs ten times as much.
  for (const [u, cosine] of COSINES.entries()) {
    for (let line = 0; line < lines; line++) {
      let sum = 0;
      for (let x = 0; x < sidePx; x++) sum += (values[sidePx * line + x] ?? 0) * (cosine[x] ?? 0);
      amplitudes[lines * u + line] = sum;
    }
  }
  return amplitudes;
}

function brightnesses(rgb: Uint8Array): Float64Array {
  const red = (pixel: number): number => rgb[3 * pixel] ?? 0;
  const green = (pixel: number): number => rgb[3 * pixel + 1] ?? 0;
  const blue = (pixel: number): number => rgb[3 * pixel + 2] ?? 0;
  return Float64Array.from(
    { length: sidePx * sidePx },
    (_, pixel) => 0.299 * red(pixel) + 0.587 * green(pixel) + 0.114 * blue(pixel),
  );
}

function maskOf(isSet: (u: number, v: number) => boolean): bigint {
  return FREQUENCIES.reduce((mask, [u, v]) => (isSet(u, v) ? mask | bit(u, v) : mask), 0n);
}

/** With x and y exchanged; with the mirrors that makes every turn. */
function transposed(hash: bigint): bigint {
  return maskOf((u, v) => (hash & bit(v, u)) !== 0n);
}

function bitCount(bits: bigint): number {
  let count = 0;
  for (let left = bits; left > 0n; left &= left - 1n) count++;
  return count;
}
