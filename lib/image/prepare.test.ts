import { describe, expect, test } from "bun:test";
import { inflateSync } from "node:zlib";
import {
  CORNERS,
  concat,
  exif,
  jpegBomb,
  jpegPhoto,
  pngBomb,
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
import { preparePhoto, usefulSideMax } from "./prepare.ts";

describe("preparePhoto", () => {
  test("a small upright photo is passed on byte for byte, without its metadata", async () => {
    const jpeg = await jpegPhoto(40, 20);
    const dirty = withJpegSegment(jpeg, 0xe1, exif(1));
    expect(await preparePhoto(dirty)).toEqual({ bytes: jpeg, mime: "image/jpeg" });
    const png = pngPhoto(40, 20);
    expect(await preparePhoto(png)).toEqual({ bytes: png, mime: "image/png" });
  });

  test.each([
    ["JPEG", jpegPhoto(2_048, 512)],
    ["progressive JPEG", jpegPhoto(2_048, 512, { progressive: true })],
    ["PNG", pngPhoto(2_048, 512)],
    ["WebP", webpPhoto(2_048, 512)],
  ])("a large %s becomes a JPEG of the useful size", async (_, photo) => {
    const { bytes, mime } = await preparePhoto(await photo);
    expect(mime).toBe("image/jpeg");
    expect(inspectImage(bytes, true)).toMatchObject({ width: usefulSideMax, height: 256, mime });
    expect(await corners(bytes)).toEqual(Object.keys(CORNERS));
  });

  // Where the stored corners go when the photo is shown, clockwise from the top left.
  test.each([
    [2, ["topRight", "topLeft", "bottomLeft", "bottomRight"]],
    [3, ["bottomRight", "bottomLeft", "topLeft", "topRight"]],
    [4, ["bottomLeft", "bottomRight", "topRight", "topLeft"]],
    [5, ["topLeft", "bottomLeft", "bottomRight", "topRight"]],
    [6, ["bottomLeft", "topLeft", "topRight", "bottomRight"]],
    [7, ["bottomRight", "topRight", "topLeft", "bottomLeft"]],
    [8, ["topRight", "bottomRight", "bottomLeft", "topLeft"]],
  ])("orientation %d is turned upright in every type", async (orientation, shown) => {
    const webp = await webpPhoto(64, 32);
    const photos = [
      await jpegPhoto(64, 32, { orientation }),
      withPngChunk(pngPhoto(64, 32), "eXIf", tiff(orientation)),
      withWebpExif(webp, 64, 32, tiff(orientation)),
    ];
    for (const photo of photos) {
      const { bytes } = await preparePhoto(photo);
      const facts = inspectImage(bytes, true);
      expect([facts.width, facts.height]).toEqual(orientation < 5 ? [64, 32] : [32, 64]);
      expect(facts.orientation).toBe(1);
      expect(await corners(bytes)).toEqual(shown);
    }
  });

  test("no place leaves with a photo, whichever way it takes", async () => {
    const small = await jpegPhoto(40, 20, { orientation: 1 });
    const turned = await jpegPhoto(40, 20, { orientation: 6 });
    const large = await jpegPhoto(2_000, 20, { orientation: 1 });
    for (const photo of [small, turned, large]) {
      expect(Buffer.from(photo).includes(SECRET_PLACE)).toBe(true);
      expect(Buffer.from((await preparePhoto(photo)).bytes).includes(SECRET_PLACE)).toBe(false);
    }
  });

  test("what cannot be decoded is refused with the reason", async () => {
    const bomb = { code: "IMAGE_TOO_MANY_PIXELS" };
    await expect(preparePhoto(new Uint8Array())).rejects.toMatchObject({ code: "IMAGE_EMPTY" });
    await expect(preparePhoto(text("<html></html>"))).rejects.toMatchObject({
      code: "IMAGE_TYPE_UNSUPPORTED",
    });
    await expect(preparePhoto(pngBomb(30_000, 30_000))).rejects.toMatchObject(bomb);
    await expect(preparePhoto(await jpegBomb(65_500, 65_500))).rejects.toMatchObject(bomb);
    // Passes header and structure, fails in the decoder: 4 megapixels out of 64 bytes.
    await expect(preparePhoto(pngBomb(2_000, 2_000))).rejects.toMatchObject({
      code: "IMAGE_CORRUPT",
    });
    const large = await jpegPhoto(2_000, 2_000);
    const half = large.subarray(0, large.length / 2);
    await expect(preparePhoto(half)).rejects.toMatchObject({ code: "IMAGE_CORRUPT" });
  });

  test("the loop keeps turning while large photos are decoded", async () => {
    const photo = await jpegPhoto(4_000, 3_000);
    const decoding = Promise.all(Array.from({ length: 4 }, () => preparePhoto(concat(photo))));
    let isDone = false;
    let turns = 0;
    const finished = decoding.finally(() => {
      isDone = true;
    });
    while (!isDone) {
      turns += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    await finished;
    expect(turns).toBeGreaterThan(50);
  });
});

/** Which stored corner each shown corner is, clockwise from the top left. */
async function corners(photo: Uint8Array): Promise<string[]> {
  const tiny = new Bun.Image(photo).resize(8, 8, { filter: "box" }).png({ compressionLevel: 0 });
  const pixel = readPng(await tiny.bytes());
  return [pixel(1, 1), pixel(6, 1), pixel(6, 6), pixel(1, 6)].map(nearestCorner);
}

function nearestCorner(rgb: readonly number[]): string {
  const distance = (corner: readonly number[]) =>
    corner.reduce((sum, value, i) => sum + Math.abs(value - (rgb[i] ?? 0)), 0);
  const [name, corner] =
    Object.entries(CORNERS).sort((a, b) => distance(a[1]) - distance(b[1]))[0] ?? [];
  expect(distance(corner ?? [])).toBeLessThan(120);
  return name ?? "none";
}

/** An 8×8 PNG of 8 bits a channel; undoes the row filters. */
function readPng(bytes: Uint8Array): (x: number, y: number) => number[] {
  const channels = bytes[25] === 6 ? 4 : 3;
  const at = Buffer.from(bytes).indexOf("IDAT");
  const rows = inflateSync(bytes.subarray(at + 4));
  const stride = 8 * channels;
  const out = new Uint8Array(8 * stride);
  for (let y = 0; y < 8; y += 1) {
    const filter = rows[y * (stride + 1)] ?? 0;
    for (let i = 0; i < stride; i += 1) {
      const left = i >= channels ? (out[y * stride + i - channels] ?? 0) : 0;
      const up = y > 0 ? (out[(y - 1) * stride + i] ?? 0) : 0;
      const diagonal = i >= channels && y > 0 ? (out[(y - 1) * stride + i - channels] ?? 0) : 0;
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, diagonal)][filter] ?? 0;
      out[y * stride + i] = (rows[y * (stride + 1) + 1 + i] ?? 0) + guess;
    }
  }
  return (x, y) => [...out.subarray(y * stride + x * channels, y * stride + x * channels + 3)];
}

function paeth(left: number, up: number, diagonal: number): number {
  const guess = left + up - diagonal;
  const [a, b, c] = [left, up, diagonal].map((value) => Math.abs(guess - value));
  if (a === undefined || b === undefined || c === undefined) return 0;
  return a <= b && a <= c ? left : b <= c ? up : diagonal;
}
