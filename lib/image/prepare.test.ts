import { describe, expect, test } from "bun:test";
import { deflateSync, inflateSync } from "node:zlib";
import {
  CORNERS,
  concat,
  exif,
  jpegBomb,
  jpegPhoto,
  png,
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
import { preparedBytesMax, preparePhoto, usefulSideMax } from "./prepare.ts";

const { signal } = new AbortController();
const prepare = (bytes: Uint8Array, userId = "u") => preparePhoto(bytes, { userId, signal });

describe("preparePhoto", () => {
  test("a small upright photo is passed on byte for byte, without its metadata", async () => {
    const jpeg = await jpegPhoto(40, 20);
    const dirty = withJpegSegment(jpeg, 0xe1, exif(1));
    expect(await prepare(dirty)).toEqual({ bytes: jpeg, mime: "image/jpeg" });
    const webp = await webpPhoto(40, 20);
    expect(await prepare(webp)).toEqual({ bytes: webp, mime: "image/webp" });
  });

  test.each([
    ["JPEG", jpegPhoto(2_048, 512)],
    ["progressive JPEG", jpegPhoto(2_048, 512, { progressive: true })],
    ["PNG", pngPhoto(2_048, 512)],
    ["WebP", webpPhoto(2_048, 512)],
  ])("a large %s becomes a JPEG of the useful size", async (_, photo) => {
    const { bytes, mime } = await prepare(await photo);
    expect(mime).toBe("image/jpeg");
    expect(inspectImage(bytes, true)).toMatchObject({ width: usefulSideMax, height: 256, mime });
    expect(await corners(bytes)).toEqual(Object.keys(CORNERS));
  });

  test.each([
    ["JPEG", (noise: Bun.Image) => noise.jpeg({ quality: 100 })],
    ["PNG", (noise: Bun.Image) => noise.png()],
    ["WebP", (noise: Bun.Image) => noise.webp({ quality: 100 })],
  ])(
    "a %s of the useful size with too many bytes is encoded again",
    async (_, encode) => {
      const photo = await encode(new Bun.Image(noisePng(usefulSideMax))).bytes();
      expect(photo.length).toBeGreaterThan(preparedBytesMax);
      const { bytes, mime } = await prepare(photo);
      expect(bytes.length).toBeLessThanOrEqual(preparedBytesMax);
      expect(mime).toBe("image/jpeg");
      expect(inspectImage(bytes, true)).toMatchObject({
        width: usefulSideMax,
        height: usefulSideMax,
      });
    },
    30_000,
  );

  test("one user's photos, however many, leave a decoder to the others", async () => {
    const large = await jpegPhoto(2_000, 1_000);
    const order: string[] = [];
    const greedy = Array.from({ length: 4 }, () =>
      prepare(large, "greedy").then(() => order.push("greedy")),
    );
    const other = prepare(await jpegPhoto(1_100, 20), "other").then(() => order.push("other"));
    await Promise.all([...greedy, other]);
    expect(order.indexOf("other")).toBeLessThanOrEqual(1);
  }, 30_000);

  test("a photo whose scan was cancelled is not decoded", async () => {
    const large = await jpegPhoto(2_000, 1_000);
    const first = prepare(large, "leaver");
    const caller = new AbortController();
    const second = preparePhoto(large, { userId: "leaver", signal: caller.signal });
    caller.abort(new Error("cancelled"));
    await expect(second).rejects.toThrow("cancelled");
    await first;
  }, 30_000);

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
      const { bytes } = await prepare(photo);
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
      expect(Buffer.from((await prepare(photo)).bytes).includes(SECRET_PLACE)).toBe(false);
    }
  });

  test("what cannot be decoded is refused with the reason", async () => {
    const bomb = { code: "IMAGE_TOO_MANY_PIXELS" };
    await expect(prepare(new Uint8Array())).rejects.toMatchObject({ code: "IMAGE_EMPTY" });
    await expect(prepare(text("<html></html>"))).rejects.toMatchObject({
      code: "IMAGE_TYPE_UNSUPPORTED",
    });
    await expect(prepare(pngBomb(30_000, 30_000))).rejects.toMatchObject(bomb);
    await expect(prepare(await jpegBomb(65_500, 65_500))).rejects.toMatchObject(bomb);
    // Passes header and structure, fails in the decoder: 4 megapixels out of 64 bytes.
    await expect(prepare(pngBomb(2_000, 2_000))).rejects.toMatchObject({
      code: "IMAGE_CORRUPT",
    });
    const large = await jpegPhoto(2_000, 2_000);
    const half = large.subarray(0, large.length / 2);
    await expect(prepare(half)).rejects.toMatchObject({ code: "IMAGE_CORRUPT" });
  });

  test("the loop keeps turning while large photos are decoded", async () => {
    const photo = await jpegPhoto(4_000, 3_000);
    const decoding = Promise.all(Array.from({ length: 4 }, () => prepare(concat(photo))));
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

/** What no encoder makes small. */
function noisePng(side: number): Uint8Array<ArrayBuffer> {
  const rows = new Uint8Array(side * (1 + 3 * side));
  for (let at = 0; at < rows.length; at += 65_536) {
    crypto.getRandomValues(rows.subarray(at, at + 65_536));
  }
  for (let y = 0; y < side; y += 1) rows[y * (1 + 3 * side)] = 0;
  return png(side, side, deflateSync(rows, { level: 1 }));
}

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
