import { describe, expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import {
  concat,
  exif,
  jpegBomb,
  jpegPhoto,
  littleEndianTiff,
  pngBomb,
  pngPhoto,
  text,
  tiff,
  webpPhoto,
  withJpegSegment,
  withPngChunk,
  withWebpExif,
} from "#lib/testing/photos.ts";
import { inspectImage, photoBytesMax } from "./inspect.ts";

const codeOf = (bytes: Uint8Array, complete = true) => {
  try {
    inspectImage(bytes, complete);
  } catch (error) {
    return error instanceof Fault ? error.code : error;
  }
};

const samples = {
  jpeg: await jpegPhoto(40, 20),
  progressive: await jpegPhoto(40, 20, { progressive: true }),
  png: pngPhoto(40, 20),
  webp: await webpPhoto(40, 20),
  webpLossless: await webpPhoto(40, 20, true),
};
const webpExtended = withWebpExif(samples.webp, 40, 20, tiff(6));

describe("inspectImage", () => {
  test.each(Object.entries(samples))("reads size and type of a %s", (name, bytes) => {
    const mime = inspectImage(bytes, true).mime;
    expect(mime).toBe(
      name.startsWith("webp") ? "image/webp" : name === "png" ? "image/png" : "image/jpeg",
    );
    expect(inspectImage(bytes, true)).toEqual({ mime, width: 40, height: 20, orientation: 1 });
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8] as const)(
    "reads EXIF orientation %d in all types",
    async (n) => {
      expect(inspectImage(await jpegPhoto(8, 8, { orientation: n }), true).orientation).toBe(n);
      expect(inspectImage(withPngChunk(samples.png, "eXIf", tiff(n)), true).orientation).toBe(n);
      expect(inspectImage(withWebpExif(samples.webp, 40, 20, tiff(n)), true)).toEqual({
        mime: "image/webp",
        width: 40,
        height: 20,
        orientation: n,
      });
    },
  );

  test.each([1, 2, 3, 4, 5, 6, 7, 8] as const)(
    "reads EXIF orientation %d in either byte order, also behind the frame of a JPEG",
    (n) => {
      const scan = Buffer.from(samples.jpeg).indexOf(Uint8Array.of(0xff, 0xda));
      for (const body of [exif(n), concat(text("Exif\0\0"), littleEndianTiff(n))]) {
        const early = withJpegSegment(samples.jpeg, 0xe1, body);
        const late = withJpegSegment(samples.jpeg, 0xe1, body, scan);
        for (const photo of [early, late]) {
          expect(inspectImage(photo, true)).toMatchObject({ width: 40, orientation: n });
        }
      }
      const png = withPngChunk(samples.png, "eXIf", littleEndianTiff(n));
      expect(inspectImage(png, true).orientation).toBe(n);
    },
  );

  test("damaged EXIF reads as upright instead of refusing the photo", () => {
    const broken = [exif(9), exif(0), text("Exif\0\0"), text("Exif\0\0MM\0*\xff\xff\xff\xff")];
    const claimsManyTags = exif(6);
    claimsManyTags.set([0xff, 0xff, 0, 0], 14);
    for (const body of [...broken, claimsManyTags]) {
      const jpeg = withJpegSegment(samples.jpeg, 0xe1, body);
      expect(inspectImage(jpeg, true).orientation).toBe(1);
    }
  });

  test.each(Object.entries({ ...samples, webpExtended }))(
    "every prefix of a %s answers the same or asks for more",
    (_, bytes) => {
      const { width, height, mime } = inspectImage(bytes, true);
      for (let length = 0; length < bytes.length; length += 1) {
        const facts = inspectImage(bytes.subarray(0, length), false);
        if (facts) expect([facts.width, facts.height, facts.mime]).toEqual([width, height, mime]);
      }
    },
  );

  test("asks for more bytes until the JPEG frame, however long the metadata before it", () => {
    const jpeg = withJpegSegment(samples.jpeg, 0xe1, new Uint8Array(60_000));
    expect(inspectImage(jpeg.subarray(0, 50_000), false)).toBeUndefined();
    expect(inspectImage(jpeg.subarray(0, 61_000), false)).toMatchObject({ width: 40 });
  });

  test("says why a file is not a usable photo", () => {
    expect(codeOf(new Uint8Array())).toBe("IMAGE_EMPTY");
    expect(codeOf(new Uint8Array(), false)).toBeUndefined();
    expect(codeOf(text("<html>hello</html>"))).toBe("IMAGE_TYPE_UNSUPPORTED");
    expect(codeOf(text("GIF89a\x01\0\x01\0\0\0\0"))).toBe("IMAGE_TYPE_UNSUPPORTED");
    expect(codeOf(text("%PDF-1.7 aaaaaaaa"))).toBe("IMAGE_TYPE_UNSUPPORTED");
    expect(codeOf(samples.jpeg.subarray(0, 30))).toBe("IMAGE_CORRUPT");
    expect(codeOf(samples.png.subarray(0, 20))).toBe("IMAGE_CORRUPT");
    expect(codeOf(samples.webp.subarray(0, 20))).toBe("IMAGE_CORRUPT");
  });

  test("refuses a bomb by what its header claims", async () => {
    expect(codeOf(pngBomb(30_000, 30_000))).toBe("IMAGE_TOO_MANY_PIXELS");
    expect(codeOf(pngBomb(20_001, 1))).toBe("IMAGE_TOO_MANY_PIXELS");
    expect(codeOf(pngBomb(0xffff_ffff, 0xffff_ffff))).toBe("IMAGE_TOO_MANY_PIXELS");
    expect(codeOf(await jpegBomb(65_500, 65_500))).toBe("IMAGE_TOO_MANY_PIXELS");
    expect(codeOf(withWebpExif(samples.webp, 60_000, 60_000, tiff(1)))).toBe(
      "IMAGE_TOO_MANY_PIXELS",
    );
    expect(codeOf(pngBomb(0, 10))).toBe("IMAGE_CORRUPT");
  });

  test("accepts what a 50-megapixel phone writes", () => {
    expect(codeOf(pngBomb(8_160, 6_144))).toBeUndefined();
  });

  test("refuses lossless and arithmetic JPEG, and animated WebP", () => {
    for (const marker of [0xc3, 0xc9, 0xcf]) {
      const jpeg = Uint8Array.from(samples.jpeg);
      jpeg[Buffer.from(jpeg).indexOf(Uint8Array.of(0xff, 0xc0)) + 1] = marker;
      expect(codeOf(jpeg)).toBe("IMAGE_TYPE_UNSUPPORTED");
    }
    const animated = Uint8Array.from(webpExtended);
    animated[20] = 0x02;
    expect(codeOf(animated)).toBe("IMAGE_TYPE_UNSUPPORTED");
  });

  test.each([
    ["endless tiny segments", [0xff, 0xe5, 0x00, 0x02]],
    ["padding only", [0xff]],
    ["a segment shorter than its length field", [0xff, 0xe5, 0x00, 0x00]],
    ["no markers", [0x00]],
  ])("a JPEG of %s is refused in linear time", (_, pattern) => {
    const hostile = new Uint8Array(photoBytesMax).fill(0);
    for (let i = 0; i < hostile.length; i += 1) hostile[i] = pattern[i % pattern.length] ?? 0;
    hostile.set([0xff, 0xd8, 0xff, 0xe0, 0x00, 0x02]);
    if (pattern.length === 4) hostile.set([0xff, 0xe0, 0x00, 0x04, 0x00, 0x00], 2);
    const before = process.cpuUsage();
    expect(codeOf(hostile)).toBe("IMAGE_CORRUPT");
    // CPU time: other processes must not fail it.
    expect(process.cpuUsage(before).user).toBeLessThan(250_000);
  });

  test("thousands of tiny segments are no photo, even with one behind them", () => {
    const behind = (segments: number) =>
      concat(text(`\xff\xd8${"\xff\xe5\0\x02".repeat(segments)}`), samples.jpeg.subarray(2));
    expect(codeOf(behind(4_000))).toBeUndefined();
    expect(codeOf(behind(4_200))).toBe("IMAGE_CORRUPT");
  });

  test("the first EXIF block decides", () => {
    const second = withJpegSegment(samples.jpeg, 0xe1, exif(8));
    expect(inspectImage(withJpegSegment(second, 0xe1, exif(6)), true).orientation).toBe(6);
  });

  test("a WebP of very many chunks is refused", () => {
    const empty = text("abcd\0\0\0\0");
    expect(codeOf(concat(samples.webp, ...Array(70).fill(empty)))).toBe("IMAGE_CORRUPT");
  });

  test("a PNG of endless empty chunks is refused", () => {
    const header = samples.png.subarray(0, 33);
    const empty = Buffer.from("\0\0\0\0tEXt\0\0\0\0", "latin1");
    const hostile = concat(header, ...Array.from({ length: 70_000 }, () => empty));
    expect(codeOf(hostile)).toBe("IMAGE_CORRUPT");
  });
});
