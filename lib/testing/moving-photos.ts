import { CORNERS, concat, text, webpPhoto } from "./photos.ts";

/** Photos that move, which Bun cannot make. */

/** A GIF of two frames: four corners as `photos.ts` draws them, or a dark thing on nothing; then all blue. */
export function gifPhoto(
  width: number,
  height: number,
  { isTransparent = false } = {},
): Uint8Array<ArrayBuffer> {
  const { topLeft, topRight, bottomRight, bottomLeft } = CORNERS;
  const palette = new Uint8Array(3 * 128);
  palette.set([topLeft, topRight, bottomRight, bottomLeft, [20, 20, 20]].flat());
  const corner = (x: number, y: number) =>
    y < height / 2 ? (x < width / 2 ? 0 : 1) : x < width / 2 ? 3 : 2;
  const isThing = (x: number, y: number) =>
    Math.abs(x - width / 2) < width / 4 && Math.abs(y - height / 2) < height / 4;
  const first = (x: number, y: number) => (isTransparent ? (isThing(x, y) ? 4 : 5) : corner(x, y));
  const control = Uint8Array.of(0x21, 0xf9, 4, isTransparent ? 1 : 0, 10, 0, 5, 0);
  return concat(
    text("GIF89a"),
    u16(width, height),
    // A palette of 128 colours.
    Uint8Array.of(0xf6, 0, 0),
    palette,
    control,
    frame(width, height, first),
    control,
    frame(width, height, () => 2),
    text(";"),
  );
}

function frame(width: number, height: number, colourAt: (x: number, y: number) => number) {
  const codes: number[] = [];
  for (let i = 0; i < width * height; i += 1) {
    // With the table cleared this often, a code stays eight bits long, and is the colour itself.
    if (i % 100 === 0) codes.push(0x80);
    codes.push(colourAt(i % width, Math.floor(i / width)));
  }
  codes.push(0x81);
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < codes.length; at += 255) {
    const block = codes.slice(at, at + 255);
    blocks.push(Uint8Array.of(block.length, ...block));
  }
  const head = concat(text(","), u16(0, 0, width, height), Uint8Array.of(0, 7));
  return concat(head, ...blocks, Uint8Array.of(0));
}

/** An animated WebP: the four corners, then something of another size. */
export async function movingWebp(width: number, height: number): Promise<Uint8Array<ArrayBuffer>> {
  const head = new Uint8Array(10);
  head[0] = 0x02;
  head.set(u24(width - 1, height - 1), 4);
  const frames = [await webpPhoto(width, height), await webpPhoto(10, 10, true)];
  const sizes = [u24(width - 1, height - 1), u24(9, 9)];
  const moving = frames.map((one, i) =>
    chunk(
      "ANMF",
      concat(u24(0, 0), sizes[i] ?? u24(), u24(100), Uint8Array.of(0), one.subarray(12)),
    ),
  );
  const body = concat(
    text("WEBP"),
    chunk("VP8X", head),
    chunk("ANIM", new Uint8Array(6)),
    ...moving,
  );
  return concat(text("RIFF"), u32(body.length), body);
}

function chunk(type: string, body: Uint8Array) {
  return concat(text(type), u32(body.length), body, new Uint8Array(body.length % 2));
}
function u16(...values: number[]) {
  return Uint8Array.from(values.flatMap((value) => [value & 0xff, value >> 8]));
}
function u24(...values: number[]) {
  return Uint8Array.from(
    values.flatMap((value) => [value & 0xff, (value >> 8) & 0xff, value >> 16]),
  );
}
function u32(value: number) {
  return u16(value & 0xffff, value >>> 16);
}
