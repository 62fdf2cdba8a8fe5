import type { Pixels } from "./pixels-on-white.ts";

/** What a decoder of HEIC or AVIF gives, as the pixels that are kept. */

/** A larger picture is halved on both sides: still more than anybody looks at. */
export const wholePixelsMax = 16 * 1024 * 1024;

export interface Plane {
  readonly bytes: Uint8Array;
  readonly rowBytes: number;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

/** On white where it is transparent, and halved where it is large. */
export function pixelsOf(plane: Plane): Pixels {
  const { bytes, rowBytes, channels, width, height } = plane;
  if (width * height > wholePixelsMax) return halve(plane);
  const rgb = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y += 1) {
    const row = bytes.subarray(y * rowBytes, y * rowBytes + channels * width);
    if (channels === 3) rgb.set(row, 3 * y * width);
    else blendRow(row, rgb.subarray(3 * y * width));
  }
  return { width, height, rgb };
}

function blendRow(rgba: Uint8Array, rgb: Uint8Array): void {
  let to = 0;
  for (let from = 0; from < rgba.length; from += 4) {
    const alpha = rgba[from + 3] ?? 0;
    for (let channel = 0; channel < 3; channel += 1) {
      rgb[to++] = ((rgba[from + channel] ?? 0) * alpha) / 255 + 255 - alpha;
    }
  }
}

/** Each pixel is the mean of four. */
function halve({ bytes, rowBytes, channels, ...size }: Plane): Pixels {
  const [width, height] = [size.width >> 1, size.height >> 1];
  const rgb = new Uint8Array(3 * width * height);
  const row = new Uint8Array(6 * width);
  for (let y = 0; y < height; y += 1) {
    const sums = new Uint16Array(6 * width);
    for (const at of [2 * y, 2 * y + 1]) {
      const one = bytes.subarray(at * rowBytes, at * rowBytes + 2 * channels * width);
      if (channels === 3) row.set(one);
      else blendRow(one, row);
      for (let i = 0; i < row.length; i += 1) sums[i] = (sums[i] ?? 0) + (row[i] ?? 0);
    }
    for (let i = 0; i < 3 * width; i += 1) {
      const left = 6 * Math.floor(i / 3) + (i % 3);
      rgb[3 * y * width + i] = ((sums[left] ?? 0) + (sums[left + 3] ?? 0)) >> 2;
    }
  }
  return { width, height, rgb };
}

/** Tiles, and where in them the picture begins. */
export interface Grid {
  readonly columns: number;
  readonly rows: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
}

/**
 * A picture that comes tile by tile, halved on both sides: each pixel is the mean of four. There is never more of the
 * whole one than a tile.
 */
export function sumOfFour(
  grid: Grid,
  decode: (column: number, row: number, take: (tile: Plane) => void) => void,
): Pixels {
  const [width, height] = [grid.width >> 1, grid.height >> 1];
  const sums = new Uint16Array(3 * width * height);
  for (let row = 0; row < grid.rows; row += 1) {
    for (let column = 0; column < grid.columns; column += 1) {
      const [left, top] = [column * grid.tileWidth - grid.left, row * grid.tileHeight - grid.top];
      decode(column, row, (tile) => addTile(sums, { width, height }, tile, { left, top }));
    }
  }
  const rgb = new Uint8Array(sums.length);
  for (let i = 0; i < sums.length; i += 1) rgb[i] = (sums[i] ?? 0) >> 2;
  return { width, height, rgb };
}

function addTile(
  sums: Uint16Array,
  half: { readonly width: number; readonly height: number },
  { bytes, rowBytes, channels, ...tile }: Plane,
  at: { readonly left: number; readonly top: number },
): void {
  const [from, to] = [Math.max(0, -at.left), Math.min(tile.width, 2 * half.width - at.left)];
  for (let y = 0; y < tile.height; y += 1) {
    const into = (y + at.top) >> 1;
    if (into < 0 || into >= half.height) continue;
    for (let x = from; x < to; x += 1) {
      const source = y * rowBytes + x * channels;
      const target = 3 * (into * half.width + ((x + at.left) >> 1));
      sums[target] = (sums[target] ?? 0) + (bytes[source] ?? 0);
      sums[target + 1] = (sums[target + 1] ?? 0) + (bytes[source + 1] ?? 0);
      sums[target + 2] = (sums[target + 2] ?? 0) + (bytes[source + 2] ?? 0);
    }
  }
}
