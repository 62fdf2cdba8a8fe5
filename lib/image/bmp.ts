import { viewOf } from "./bytes.ts";
import type { Pixels } from "./pixels-on-white.ts";

const headerBytes = 54;

/** The way of raw pixels back into `Bun.Image`: a bitmap of 24 bits a pixel, its last row first. */
export function encodeBmp({ width, height, rgb }: Pixels): Uint8Array<ArrayBuffer> {
  const rowBytes = Math.ceil((3 * width) / 4) * 4;
  const bmp = new Uint8Array(headerBytes + rowBytes * height);
  const view = viewOf(bmp);
  view.setUint16(0, 0x424d);
  view.setUint32(2, bmp.length, true);
  view.setUint32(10, headerBytes, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  view.setInt32(22, height, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  let from = 0;
  for (let y = height - 1; y >= 0; y--) {
    let to = headerBytes + y * rowBytes;
    for (const end = from + 3 * width; from < end; from += 3) {
      bmp[to++] = rgb[from + 2] ?? 0;
      bmp[to++] = rgb[from + 1] ?? 0;
      bmp[to++] = rgb[from] ?? 0;
    }
  }
  return bmp;
}
