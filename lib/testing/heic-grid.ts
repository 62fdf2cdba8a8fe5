import { heicPhoto } from "./heic-photos.ts";
import { concat, text } from "./photos.ts";

const side = 512;
/** What the decoder has to know of a tile, and the tile: red, green, blue and white, as `photos.ts` draws it. */
const hvcC = Uint8Array.fromBase64(
  "AAAAeWh2Y0MBA3AAAAAAAAAAAABa8AD8/fj4AAAPAyAAAQAYQAEMAf//A3AAAAMAkAAAAwAAAwBaugJAIQABACxCAQEDcAAAAwCQAAADAAADAF" +
    "qgBAIAgFlupJKa5uBAQMCAAAADAIAAAAMAhCIAAQAHRAHBcrBiQA==",
);
const tile = Uint8Array.fromBase64(
  "AAAAiigBrwQRBpCySISB4Px5OOv/+llP31AXbAxG/sE5nR3AyVn13c1h9Fh/wz9tCOQAaUCn6O4GYNGm+0AAHDCTDTTAQwAUAA7IhwAADrH+AB" +
    "xwKt2BOsV6tidto39Af4AAAAWZ4/ez/UCEHfNNr6OJCAAH+AAAAwEHGMALWAAABgHkAHxAAAAOBiABkQ==",
);

/**
 * A HEIC as phones save it: a grid of tiles, of which those on the right and at the bottom are cut off. Each of
 * 512 × 512 is the same one.
 *
 * @param quarters by which it is to be turned counterclockwise
 */
export function gridHeic(width: number, height: number, quarters = 0): Uint8Array<ArrayBuffer> {
  const [columns, rows] = [Math.ceil(width / side), Math.ceil(height / side)];
  const tiles = Array.from({ length: columns * rows }, (_, i) => i + 1);
  const grid = tiles.length + 1;
  const items = [...tiles, grid];
  const idat = box("idat", u8(0, 0, rows - 1, columns - 1), u16(width, height));
  const propertiesOf = (id: number) =>
    id === grid ? concat(u16(id), u8(2, 3, 0x84)) : concat(u16(id), u8(2, 0x81, 2));
  const properties = box(
    "iprp",
    box("ipco", hvcC, size(side, side), size(width, height), box("irot", u8(quarters))),
    full("ipma", u32(items.length), ...items.map(propertiesOf)),
  );
  const entry = (id: number) =>
    full("infe", u16(id, 0), text(id === grid ? "grid" : "hvc1"), u8(0)).with(8, 2);
  const locations = (start: number) => {
    const at = (id: number) =>
      id === grid
        ? concat(u16(id, 1, 0, 1), u32(0, 8))
        : concat(u16(id, 0, 0, 1), u32(start, tile.length));
    return full("iloc", u8(0x44, 0), u16(items.length), ...items.map(at)).with(8, 1);
  };
  const meta = (start: number) =>
    full(
      "meta",
      copy("hdlr"),
      full("pitm", u16(grid)),
      idat,
      locations(start),
      full("iinf", u16(items.length), ...items.map(entry)),
      properties,
      full("iref", box("dimg", u16(grid, tiles.length), ...tiles.map((id) => u16(id)))),
    );
  const ftyp = copy("ftyp");
  const start = ftyp.length + meta(0).length + 8;
  return concat(ftyp, meta(start), box("mdat", tile));
}

/** A box of `heicPhoto`. */
function copy(type: string): Uint8Array {
  const at = Buffer.from(heicPhoto).indexOf(type) - 4;
  return heicPhoto.slice(at, at + new DataView(heicPhoto.buffer).getUint32(at));
}

function box(type: string, ...body: Uint8Array[]): Uint8Array {
  const bytes = concat(u32(0), text(type), ...body);
  new DataView(bytes.buffer).setUint32(0, bytes.length);
  return bytes;
}

/** With a version, of 0, and no flags. */
function full(type: string, ...body: Uint8Array[]): Uint8Array {
  return box(type, u32(0), ...body);
}
function u8(...values: number[]): Uint8Array {
  return Uint8Array.from(values);
}
function u16(...values: number[]): Uint8Array {
  return u8(...values.flatMap((value) => [value >> 8, value & 0xff]));
}
function u32(...values: number[]): Uint8Array {
  return u16(...values.flatMap((value) => [value >>> 16, value & 0xffff]));
}
function size(width: number, height: number): Uint8Array {
  return full("ispe", u32(width, height));
}
