import { describe, expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import {
  concat,
  exif,
  jpegPhoto,
  pngChunk,
  pngPhoto,
  SECRET_PLACE,
  text,
  tiff,
  webpPhoto,
  withJpegSegment,
  withPngChunk,
  withWebpExif,
} from "#lib/testing/photos.ts";
import { inspectImage } from "./inspect.ts";
import { stripKeepingOrientation, stripMetadata } from "./strip.ts";

const jpeg = await jpegPhoto(40, 20);
const progressive = await jpegPhoto(40, 20, { progressive: true });
const png = pngPhoto(40, 20);
const webp = await webpPhoto(40, 20);

const strip = (bytes: Uint8Array) => stripMetadata(bytes, inspectImage(bytes, true).mime);
const refusal = (bytes: Uint8Array) => {
  try {
    strip(bytes);
  } catch (error) {
    return error instanceof Fault ? error.code : error;
  }
};
const holds = (bytes: Uint8Array, needle: string) =>
  Buffer.from(bytes).includes(needle, 0, "latin1");
const pixels = (bytes: Uint8Array) => new Bun.Image(bytes, { autoOrient: false }).png().bytes();

describe("hostile structure", () => {
  /** Copies of a JPEG's last scan, of a few bytes, before its end; its frame claims to be so large. */
  async function withScans(copies: number, width: number, height: number) {
    const photo = await jpegPhoto(40, 20, { progressive: true });
    const frame = Buffer.from(photo).indexOf(Uint8Array.of(0xff, 0xc2));
    const view = new DataView(photo.buffer);
    view.setUint16(frame + 5, height);
    view.setUint16(frame + 7, width);
    const end = photo.length - 2;
    const last = Buffer.from(photo).lastIndexOf(Uint8Array.of(0xff, 0xda));
    const scans = Array.from({ length: copies }, () => photo.subarray(last, end));
    return concat(photo.subarray(0, end), ...scans, photo.subarray(end));
  }

  test("empty scans over a large frame are refused: each walks every pixel again", async () => {
    expect(refusal(await withScans(89, 8_000, 6_000))).toBe("IMAGE_TOO_MANY_PIXELS");
    // What encoders write, of the largest frame; and many scans of a small one.
    expect(refusal(await withScans(0, 8_192, 6_400))).toBeUndefined();
    expect(refusal(await withScans(80, 1_024, 768))).toBeUndefined();
  });

  const eoi = jpeg.length - 2;
  const repeated = (pattern: readonly number[], bytes: number) =>
    new Uint8Array(bytes).map((_, i) => pattern[i % pattern.length] ?? 0);
  const idat = Buffer.from(png).indexOf("IDAT") - 4;
  const chunk = pngChunk("IDAT", new Uint8Array());
  const chunks = Array.from({ length: 65_000 }, () => chunk);

  // Each was a fifth of a second or more, for everybody whom the process serves.
  test.each([
    ["65,000 chunks", () => concat(png.subarray(0, idat), ...chunks, png.subarray(idat))],
    [
      "4 MB of stuffed bytes in a scan",
      () => concat(jpeg.subarray(0, eoi), repeated([0xff, 0], 4_000_000), jpeg.subarray(eoi)),
    ],
    [
      "4 MB of padding before a marker",
      () => concat(jpeg.subarray(0, 2), repeated([0xff], 4_000_000), jpeg.subarray(2)),
    ],
  ])("%s hold up the loop for no tenth of a second", (_, build) => {
    const bytes = build();
    const fastest = (work: () => unknown) =>
      Math.min(
        ...Array.from({ length: 5 }, () => {
          const startedAt = performance.now();
          work();
          return performance.now() - startedAt;
        }),
      );
    expect(fastest(() => strip(bytes))).toBeLessThan(100);
  });
});

describe("stripMetadata", () => {
  test.each([
    ["JPEG", jpeg],
    ["progressive JPEG", progressive],
    ["PNG", png],
    ["WebP", webp],
  ])("leaves a clean %s as it is", (_, bytes) => {
    expect(strip(bytes)).toEqual(bytes);
  });

  test.each([
    ["EXIF", 0xe1, exif(6)],
    ["XMP", 0xe1, text(`http://ns.adobe.com/xap/1.0/\0${SECRET_PLACE}`)],
    ["a second picture's index", 0xe2, text(`MPF\0${SECRET_PLACE}`)],
    ["Photoshop data", 0xed, text(`Photoshop 3.0\0${SECRET_PLACE}`)],
    ["a comment", 0xfe, text(SECRET_PLACE)],
    ["a JFIF thumbnail", 0xe0, text(`JFIF\0\x01\x01\0\0\x01\0\x01\x01\x01${SECRET_PLACE}`)],
    ["an unknown application segment", 0xef, text(SECRET_PLACE)],
  ])("removes %s from a JPEG and nothing else", (_, marker, body) => {
    const dirty = withJpegSegment(jpeg, marker, body);
    expect(holds(dirty, SECRET_PLACE)).toBe(true);
    expect(strip(dirty)).toEqual(jpeg);
  });

  test("keeps a JPEG's colour profile and Adobe's colour transform", () => {
    const profile = withJpegSegment(jpeg, 0xe2, text("ICC_PROFILE\0\x01\x01profile"));
    const adobe = withJpegSegment(profile, 0xee, text("Adobe\0d\0\0\0\0\x01"));
    expect(strip(adobe)).toEqual(adobe);
  });

  test("restart markers, stuffed bytes and padding inside a scan are part of the picture", () => {
    const body = jpeg.subarray(0, jpeg.length - 2);
    const scan = concat(body, text("\xff\xd0\xff\0\xff\xd7\xff\xff\xd9"));
    expect(strip(concat(scan, text(SECRET_PLACE)))).toEqual(scan);
  });

  test("drops what stands behind the picture", () => {
    const secret = text(SECRET_PLACE);
    expect(strip(concat(jpeg, jpeg, secret))).toEqual(jpeg);
    expect(strip(concat(png, secret))).toEqual(png);
    expect(strip(concat(webp, secret))).toEqual(webp);
  });

  test("removes text, time, EXIF, animation and unknown chunks from a PNG", () => {
    const types = ["tEXt", "zTXt", "iTXt", "eXIf", "tIME", "acTL", "fcTL", "fdAT", "pHYs", "prVt"];
    const dirty = types.reduce<Uint8Array>(
      (bytes, type) => withPngChunk(bytes, type, text(SECRET_PLACE)),
      png,
    );
    expect(strip(dirty)).toEqual(png);
    const coloured = withPngChunk(png, "gAMA", new Uint8Array(4));
    expect(strip(coloured)).toEqual(coloured);
  });

  test("removes EXIF from a WebP and keeps its pixels", async () => {
    const dirty = withWebpExif(webp, 40, 20, tiff(6));
    const clean = strip(dirty);
    expect(holds(dirty, SECRET_PLACE)).toBe(true);
    expect(holds(clean, SECRET_PLACE)).toBe(false);
    expect(inspectImage(clean, true)).toMatchObject({ width: 40, height: 20, orientation: 1 });
    expect(clean[20]).toBe(0);
    expect(new DataView(clean.buffer).getUint32(4, true)).toBe(clean.length - 8);
    expect(await pixels(clean)).toEqual(await pixels(webp));
  });

  test.each([
    ["JPEG", jpeg],
    ["progressive JPEG", progressive],
    ["PNG", png],
    ["WebP", webp],
  ])("a %s cut off anywhere is refused, never passed on or crashed over", (_, bytes) => {
    for (let length = 40; length < bytes.length; length += 1) {
      const cut = bytes.subarray(0, length);
      // A JPEG's end marker is two bytes; every shorter prefix is damaged.
      expect(refusal(cut)).toBe("IMAGE_CORRUPT");
    }
  });

  test("a second header cannot bring another size past the check", () => {
    const frame = Buffer.from(jpeg).indexOf(Uint8Array.of(0xff, 0xc0));
    const twice = concat(jpeg.subarray(0, frame + 19), jpeg.subarray(frame));
    expect(refusal(twice)).toBe("IMAGE_CORRUPT");
    expect(refusal(withPngChunk(png, "IHDR", png.subarray(16, 29)))).toBe("IMAGE_CORRUPT");
    expect(refusal(withWebpExif(webp, 41, 20, tiff(1)))).toBe("IMAGE_CORRUPT");
  });

  test("a JPEG of very many scans is refused", () => {
    const scan = Buffer.from(jpeg).indexOf(Uint8Array.of(0xff, 0xda));
    const oneScan = jpeg.subarray(scan, jpeg.length - 2);
    const many = (count: number) =>
      concat(jpeg.subarray(0, scan), ...Array(count).fill(oneScan), Uint8Array.of(0xff, 0xd9));
    expect(refusal(many(100))).toBeUndefined();
    expect(refusal(many(101))).toBe("IMAGE_CORRUPT");
  });

  test("an unknown critical PNG chunk is refused", () => {
    expect(refusal(withPngChunk(png, "CgBI", new Uint8Array(4)))).toBe("IMAGE_CORRUPT");
  });
});

describe("stripKeepingOrientation", () => {
  const extended = (orientation: number) => withWebpExif(webp, 40, 20, tiff(orientation));
  const kinds = [
    ["JPEG", (orientation: number) => withJpegSegment(jpeg, 0xe1, exif(orientation))],
    ["PNG", (orientation: number) => withPngChunk(png, "eXIf", tiff(orientation))],
    ["WebP", extended],
  ] as const;
  const keep = (bytes: Uint8Array) => stripKeepingOrientation(bytes, inspectImage(bytes, true));

  test.each(kinds)("leaves of a %s its pixels and how to turn them", async (_, photo) => {
    for (const orientation of [2, 3, 4, 5, 6, 7, 8] as const) {
      const dirty = photo(orientation);
      const clean = keep(dirty);
      expect(holds(dirty, SECRET_PLACE)).toBe(true);
      expect(holds(clean, SECRET_PLACE)).toBe(false);
      expect(inspectImage(clean, true)).toEqual(inspectImage(dirty, true));
      expect(await pixels(clean)).toEqual(await pixels(dirty));
      expect(strip(clean)).toEqual(strip(dirty));
      expect(keep(clean)).toEqual(clean);
    }
  });

  test.each(kinds)("an upright %s has nothing left beside it", (_, photo) => {
    expect(keep(photo(1))).toEqual(strip(photo(1)));
  });

  test("a decoder that knows EXIF shows the JPEG as before", async () => {
    const dirty = withJpegSegment(jpeg, 0xe1, exif(6));
    const shown = (bytes: Uint8Array) => new Bun.Image(bytes).png().bytes();
    expect(await shown(keep(dirty))).toEqual(await shown(dirty));
    expect(await shown(keep(dirty))).not.toEqual(await shown(jpeg));
  });

  test("a PNG's orientation carries a checksum that holds", () => {
    const clean = Buffer.from(keep(withPngChunk(png, "eXIf", tiff(6))));
    const at = clean.indexOf("eXIf");
    const end = at + 4 + clean.readUInt32BE(at - 4);
    expect(clean.readUInt32BE(end)).toBe(Bun.hash.crc32(clean.subarray(at, end)));
  });

  test("a WebP that cannot carry EXIF is as upright as viewers showed it", () => {
    const body = tiff(6);
    const chunk = concat(text("EXIF"), Uint8Array.of(body.length, 0, 0, 0), body);
    const simple = concat(webp, chunk);
    new DataView(simple.buffer).setUint32(4, simple.length - 8, true);
    expect(inspectImage(simple, true).orientation).toBe(6);
    expect(keep(simple)).toEqual(webp);
  });
});
