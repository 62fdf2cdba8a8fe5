import { Fault } from "#lib/error/fault.ts";
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
 * @throws Fault `IMAGE_CORRUPT`.
 */
export async function perceptualHash(photo: Uint8Array): Promise<string> {
  const image = new Bun.Image(photo, { maxPixels: pixelsMax });
  const tiny = image.resize(sidePx, sidePx, { fit: "fill", filter: "bilinear" });
  const { rgb } = await pixelsOnWhite(tiny).catch((cause) => {
    throw new Fault("IMAGE_CORRUPT", { cause });
  });
  // Separable: along the rows first, then along the columns.
  const rows = range(sidePx).map((y) => {
    const row = range(sidePx).map((x) => brightnessAt(rgb, sidePx * y + x));
    return lowFrequencies(row);
  });
  const columns = range(frequencies).map((u) => lowFrequencies(rows.map((row) => row[u] ?? 0)));
  const signs = maskOf((u, v) => (columns[u]?.[v] ?? 0) > amplitudeMin);
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
  range(sidePx).map((x) => Math.cos(((2 * x + 1) * u * Math.PI) / (2 * sidePx)) * (2 / sidePx)),
);
const bit = (u: number, v: number): bigint => 1n << BigInt(frequencies * u + v);
const MIRROR_X = maskOf((u) => u % 2 === 1);
const MIRROR_Y = maskOf((_, v) => v % 2 === 1);
/** A mirror changes the sign of every odd frequency along it. */
const MIRRORS = [0n, MIRROR_X, MIRROR_Y, MIRROR_X ^ MIRROR_Y];

function lowFrequencies(values: readonly number[]): number[] {
  return COSINES.map((cosine) =>
    values.reduce((sum, value, x) => sum + value * (cosine[x] ?? 0), 0),
  );
}

function brightnessAt(rgb: Uint8Array, pixel: number): number {
  const [r = 0, g = 0, b = 0] = rgb.subarray(3 * pixel, 3 * pixel + 3);
  return 0.299 * r + 0.587 * g + 0.114 * b;
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
