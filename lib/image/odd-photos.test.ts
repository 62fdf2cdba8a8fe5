import { describe, expect, test } from "bun:test";
import { deflateSync } from "node:zlib";
import {
  concat,
  exif,
  jpegPhoto,
  png,
  pngChunk,
  pngPhoto,
  text,
  transparentPng,
  withJpegSegment,
} from "#lib/testing/photos.ts";
import { inspectImage } from "./inspect.ts";
import { pixelsOnWhite } from "./pixels-on-white.ts";
import { preparePhoto } from "./prepare.ts";
import { stripMetadata } from "./strip.ts";

/** Photos as phones and programs save them, and what a model gets of them. */

const { signal } = new AbortController();
const prepare = (bytes: Uint8Array) => preparePhoto(bytes, { userId: "u", signal });
const codeOf = (bytes: Uint8Array) =>
  prepare(bytes).then(
    () => "taken",
    ({ code }) => code,
  );
/** Red, green and blue at a place given in tenths of the sides. */
async function colourAt(photo: Uint8Array, x: number, y: number): Promise<number[]> {
  const { rgb } = await pixelsOnWhite(new Bun.Image(photo).resize(10, 10, { fit: "fill" }));
  return [...rgb.subarray(3 * (10 * y + x), 3 * (10 * y + x) + 3)];
}

describe("a transparent ground becomes white, and the dark thing on it is seen", () => {
  const [width, height] = [64, 48];
  const isThing = (x: number, y: number) => Math.abs(x - 32) < 16 && Math.abs(y - 24) < 12;
  type Pixel = (isThing: boolean) => readonly number[];
  const row = (pixel: Pixel, y: number, xs: readonly number[]) => [
    0,
    ...xs.flatMap((x) => pixel(isThing(x, y))),
  ];
  const upTo = (end: number, from = 0, step = 1) =>
    Array.from({ length: Math.ceil((end - from) / step) }, (_, i) => from + i * step);
  const rows = (pixel: Pixel) => upTo(height).flatMap((y) => row(pixel, y, upTo(width)));
  const packed = (bytes: readonly number[]) => deflateSync(Uint8Array.from(bytes));
  const rgba: Pixel = (thing) => (thing ? [20, 20, 20, 255] : [0, 0, 0, 0]);
  // Seven passes, each from x, y in steps of dx, dy.
  const adam7 = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
  ] as const;
  const interlaced = adam7.flatMap(([x, y, dx, dy]) =>
    upTo(height, y, dy).flatMap((at) => row(rgba, at, upTo(width, x, dx))),
  );
  const of = (pixel: Pixel, options: Parameters<typeof png>[3]) =>
    png(width, height, packed(rows(pixel)), options);
  const grey: Pixel = (thing) => [thing ? 30 : 0];
  const rgb: Pixel = (thing) => (thing ? [30, 30, 30] : [0, 0, 0]);
  const index: Pixel = (thing) => [thing ? 1 : 0];
  const palette = pngChunk("PLTE", Uint8Array.of(0, 0, 0, 20, 20, 20));
  const key = (...bytes: number[]) => pngChunk("tRNS", Uint8Array.from(bytes));
  const large = transparentPng(1_600, 1_200);
  const webp = (lossless: boolean) => new Bun.Image(large).webp({ lossless }).bytes();

  test.each<[string, Uint8Array | Promise<Uint8Array>]>([
    ["a small PNG", transparentPng(width, height)],
    ["a large PNG", large],
    ["grey with alpha", of((thing) => (thing ? [20, 255] : [0, 0]), { colourType: 4 })],
    [
      "16 bits",
      of((thing) => rgba(thing).flatMap((value) => [value, value]), { depth: 16, colourType: 6 }),
    ],
    ["a palette", of(index, { colourType: 3, chunks: [palette, key(0)] })],
    ["a grey that stands for nothing", of(grey, { colourType: 0, chunks: [key(0, 0)] })],
    ["a colour that stands for nothing", of(rgb, { chunks: [key(0, 0, 0, 0, 0, 0)] })],
    ["interlaced", png(width, height, packed(interlaced), { colourType: 6, isInterlaced: true })],
    ["a lossy WebP", webp(false)],
    ["a lossless WebP", webp(true)],
    ["a small WebP", new Bun.Image(transparentPng(width, height)).webp().bytes()],
  ])("%s", async (_, photo) => {
    const { bytes, mime } = await prepare(await photo);
    expect(mime).toBe("image/jpeg");
    expect(Math.min(...(await colourAt(bytes, 0, 0)))).toBeGreaterThan(240);
    expect(Math.max(...(await colourAt(bytes, 5, 5)))).toBeLessThan(50);
  });
});

describe("pixels that cannot be decoded are the photo's fault", () => {
  const small = pngPhoto(40, 20);
  const at = Buffer.from(small).indexOf("IDAT") + 8;
  const broken = concat(small.subarray(0, at), new Uint8Array(4), small.subarray(at + 4));
  const quantization = 0xdb;
  const noTables = async () => {
    const jpeg = await jpegPhoto(40, 20);
    for (let from = 0; ; ) {
      from = Buffer.from(jpeg).indexOf(Uint8Array.of(0xff, quantization), from);
      if (from === -1) return jpeg;
      // An application segment instead.
      jpeg[from + 1] = 0xef;
    }
  };

  test("also where a photo of that size would be passed on as it is", async () => {
    expect(await codeOf(broken)).toBe("IMAGE_CORRUPT");
    expect(await codeOf(await noTables())).toBe("IMAGE_CORRUPT");
  });

  test("one that our own store has checked is not decoded again", async () => {
    const passed = await preparePhoto(broken, { userId: "u", signal, isChecked: true });
    expect(passed.bytes).toEqual(broken);
  });
});

describe("a missing end", () => {
  test.each([false, true])("of a JPEG (progressive: %p) is added", async (progressive) => {
    const jpeg = await jpegPhoto(200, 100, { progressive });
    expect((await prepare(jpeg.subarray(0, -2))).bytes).toEqual(jpeg);
  });

  test("of a PNG is added", async () => {
    const whole = pngPhoto(200, 100);
    for (const missing of [12, 16, 3]) {
      const part = whole.subarray(0, -missing);
      expect((await stripMetadata(part, "image/png")).bytes).toEqual(whole);
      expect((await prepare(part)).bytes).toEqual((await prepare(whole)).bytes);
    }
  });

  test("does not make a whole photo of a part", async () => {
    const detailed = await Bun.file(new URL("../../infra/samples/coffee-cup.jpg", import.meta.url));
    const jpeg = await detailed.bytes();
    const enlarged = new Bun.Image(jpeg).resize(1_500, 1_000);
    const parts = [
      jpeg,
      await enlarged.jpeg({ quality: 95 }).bytes(),
      await new Bun.Image(jpeg).png().bytes(),
      await new Bun.Image(jpeg).webp().bytes(),
    ];
    for (const whole of parts) {
      for (const share of [0.3, 0.6, 0.9]) {
        expect(await codeOf(whole.subarray(0, share * whole.length))).toBe("IMAGE_CORRUPT");
      }
    }
  });
});

test("a PNG with a checksum that is wrong is no PNG any more when a model gets it", async () => {
  const whole = pngPhoto(64, 48);
  const image = Buffer.from(whole);
  // Of the header, of the pixels, and of what zlib says of them.
  for (const at of [29, image.indexOf("IEND") - 5, image.indexOf("IEND") - 9]) {
    const odd = whole.slice();
    odd[at] = (odd[at] ?? 0) ^ 0xff;
    const { bytes, mime } = await prepare(odd);
    expect([mime, bytes]).toEqual(["image/jpeg", (await prepare(whole)).bytes]);
  }
});

test.each([
  ["a film of Android", text("\0\0\0\x18ftypmp42\0\0\0\0isommp42"), "동영상"],
  ["a film of an iPhone", text("\0\0\0\x14ftypqt  \0\0\0\0qt  "), "동영상"],
  ["a film of a browser", text("\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81"), "동영상"],
])("%s is told from a photo", (_, bytes, word) => {
  const code = "IMAGE_TYPE_UNSUPPORTED";
  const detail = expect.stringContaining(word);
  expect(() => inspectImage(bytes, true)).toThrow(expect.objectContaining({ code, detail }));
});

test("a photo that is turned by EXIF behind its frame is turned", async () => {
  const jpeg = await jpegPhoto(64, 32);
  const scan = Buffer.from(jpeg).indexOf(Uint8Array.of(0xff, 0xda));
  const { bytes } = await prepare(withJpegSegment(jpeg, 0xe1, exif(6), scan));
  expect(inspectImage(bytes, true)).toMatchObject({ width: 32, height: 64, orientation: 1 });
});

test("what a camera writes between segments does not reach a model", async () => {
  const jpeg = await jpegPhoto(64, 32);
  const junk = text(`\0\xe1\0\x10${"\x01".repeat(14)}`);
  const tables = Buffer.from(jpeg).indexOf(Uint8Array.of(0xff, 0xdb));
  const dirty = concat(jpeg.subarray(0, tables), junk, jpeg.subarray(tables));
  expect((await prepare(dirty)).bytes).toEqual(jpeg);
});

test("inks, as of a printing program, become red, green and blue", async () => {
  const inks = Uint8Array.fromBase64(redInks);
  expect(inspectImage(inks, true)).toMatchObject({ width: 16, height: 16 });
  const { bytes } = await prepare(inks);
  const [red = 0, green = 255, blue = 255] = await colourAt(bytes, 5, 5);
  expect(red).toBeGreaterThan(180);
  expect(Math.max(green, blue)).toBeLessThan(60);
});

/** A JPEG of four components in Adobe's way, all of it red. */
const redInks =
  "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwAbEhQXFBEbFxYXHhwbIChCKyglJShROj0wQmBVZWRfVV1baniZgWpxkHNbXYW1hpCe" +
  "o6utq2eAvMm6pseZqKuk/8AAFAgAEAAQBEMRAE0RAFkRAEsRAP/EABUAAQEAAAAAAAAAAAAAAAAAAAAG/8QAFBABAAAAAAAA" +
  "AAAAAAAAAAAAAP/aAA4EQwBNAFkASwAAPwCmTKZUwAAAD//Z";
