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
  transparentPng,
  webpPhoto,
  withJpegSegment,
  withPngChunk,
  withWebpExif,
} from "#lib/testing/photos.ts";
import { checkPixels } from "./check-pixels.ts";
import { inspectImage } from "./inspect.ts";
import { stripKeepingOrientation, stripMetadata } from "./strip.ts";

const jpeg = await jpegPhoto(40, 20);
const progressive = await jpegPhoto(40, 20, { progressive: true });
const png = pngPhoto(40, 20);
const webp = await webpPhoto(40, 20);

const stripped = async (bytes: Uint8Array) => stripMetadata(bytes, inspectImage(bytes, true).mime);
const strip = async (bytes: Uint8Array) => (await stripped(bytes)).bytes;
const refusal = async (bytes: Uint8Array) => {
  try {
    await strip(bytes);
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
    expect(await refusal(await withScans(89, 8_000, 6_000))).toBe("IMAGE_TOO_MANY_PIXELS");
    // What encoders write, of the largest frame; and many scans of a small one.
    expect(await refusal(await withScans(0, 8_192, 6_400))).toBeUndefined();
    expect(await refusal(await withScans(80, 1_024, 768))).toBeUndefined();
  });

  const eoi = jpeg.length - 2;
  const repeated = (pattern: readonly number[], bytes: number) =>
    new Uint8Array(bytes).map((_, i) => pattern[i % pattern.length] ?? 0);
  const idat = Buffer.from(png).indexOf("IDAT") - 4;
  const chunk = pngChunk("IDAT", new Uint8Array());
  const chunks = Array.from({ length: 65_000 }, () => chunk);

  // Each was a fifth of a second or more, for everybody whom the process serves.
  test.each([
    ["65,000 chunks of a PNG", () => concat(png.subarray(0, idat), ...chunks, png.subarray(idat))],
    [
      "9.9 MB of stuffed bytes in a scan",
      () => concat(jpeg.subarray(0, eoi), repeated([0xff, 0], 9_900_000), jpeg.subarray(eoi)),
    ],
    [
      "9.9 MB of a scan with a marker in every 18 bytes",
      () => {
        const pattern = [...Array(16).fill(1), 0xff, 0];
        return concat(jpeg.subarray(0, eoi), repeated(pattern, 9_900_000), jpeg.subarray(eoi));
      },
    ],
  ])("%s let the loop turn meanwhile", async (_, build) => {
    const bytes = build();
    const turns: number[] = [];
    for (let i = 0; i < 5; i += 1) turns.push(await longestTurnMs(strip(bytes)));
    expect(Math.min(...turns)).toBeLessThan(20);
  });

  test("9.9 MB of a JPEG without its end let the loop turn, as strip mends and a decoder looks at it", async () => {
    const noise = new Uint8Array(9_900_000).map((_, i) => (i * 73 + (i >> 7)) & 0x7f);
    const endless = concat(jpeg.subarray(0, eoi), noise);
    const check = async () => checkPixels(await stripped(endless), "image/jpeg");
    const turns: number[] = [];
    for (let i = 0; i < 5; i += 1) turns.push(await longestTurnMs(check()));
    expect(Math.min(...turns)).toBeLessThan(8);
  });
});

async function longestTurnMs(work: Promise<unknown>): Promise<number> {
  let isDone = false;
  let longest = 0;
  const done = work.finally(() => {
    isDone = true;
  });
  for (let turnedAt = threadMs(); !isDone; ) {
    await new Promise((resolve) => setImmediate(resolve));
    longest = Math.max(longest, threadMs() - turnedAt);
    turnedAt = threadMs();
  }
  await done;
  return longest;
}

/** What this thread has worked: other processes must not fail the test. */
function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

describe("stripMetadata", () => {
  test.each([
    ["JPEG", jpeg],
    ["progressive JPEG", progressive],
    ["PNG", png],
    ["WebP", webp],
  ])("leaves a clean %s as it is", async (_, bytes) => {
    expect(await strip(bytes)).toEqual(bytes);
  });

  test.each([
    ["EXIF", 0xe1, exif(6)],
    ["XMP", 0xe1, text(`http://ns.adobe.com/xap/1.0/\0${SECRET_PLACE}`)],
    ["a second picture's index", 0xe2, text(`MPF\0${SECRET_PLACE}`)],
    ["Photoshop data", 0xed, text(`Photoshop 3.0\0${SECRET_PLACE}`)],
    ["a comment", 0xfe, text(SECRET_PLACE)],
    ["a JFIF thumbnail", 0xe0, text(`JFIF\0\x01\x01\0\0\x01\0\x01\x01\x01${SECRET_PLACE}`)],
    ["an unknown application segment", 0xef, text(SECRET_PLACE)],
  ])("removes %s from a JPEG and nothing else", async (_, marker, body) => {
    const dirty = withJpegSegment(jpeg, marker, body);
    expect(holds(dirty, SECRET_PLACE)).toBe(true);
    expect(await strip(dirty)).toEqual(jpeg);
  });

  test("keeps a JPEG's colour profile and Adobe's colour transform", async () => {
    const profile = withJpegSegment(jpeg, 0xe2, text("ICC_PROFILE\0\x01\x01profile"));
    const adobe = withJpegSegment(profile, 0xee, text("Adobe\0d\0\0\0\0\x01"));
    expect(await strip(adobe)).toEqual(adobe);
  });

  test("restart markers, stuffed bytes and padding inside a scan are part of the picture", async () => {
    const body = jpeg.subarray(0, jpeg.length - 2);
    const scan = concat(body, text("\xff\xd0\xff\0\xff\xd7\xff\xff\xd9"));
    expect(await strip(concat(scan, text(SECRET_PLACE)))).toEqual(scan);
  });

  test("drops what stands behind the picture", async () => {
    const secret = text(SECRET_PLACE);
    expect(await strip(concat(jpeg, jpeg, secret))).toEqual(jpeg);
    expect(await strip(concat(png, secret))).toEqual(png);
    expect(await strip(concat(webp, secret))).toEqual(webp);
  });

  test("removes text, time, EXIF, animation and unknown chunks from a PNG", async () => {
    const types = ["tEXt", "zTXt", "iTXt", "eXIf", "tIME", "acTL", "fcTL", "fdAT", "pHYs", "prVt"];
    const dirty = types.reduce<Uint8Array>(
      (bytes, type) => withPngChunk(bytes, type, text(SECRET_PLACE)),
      png,
    );
    expect(await strip(dirty)).toEqual(png);
    const coloured = withPngChunk(png, "gAMA", new Uint8Array(4));
    expect(await strip(coloured)).toEqual(coloured);
  });

  test("removes EXIF from a WebP and keeps its pixels", async () => {
    const dirty = withWebpExif(webp, 40, 20, tiff(6));
    const clean = await strip(dirty);
    expect(holds(dirty, SECRET_PLACE)).toBe(true);
    expect(holds(clean, SECRET_PLACE)).toBe(false);
    expect(inspectImage(clean, true)).toMatchObject({ width: 40, height: 20, orientation: 1 });
    expect(clean[20]).toBe(0);
    expect(new DataView(clean.buffer).getUint32(4, true)).toBe(clean.length - 8);
    expect(await pixels(clean)).toEqual(await pixels(webp));
  });

  const pixelsAt = {
    JPEG: Buffer.from(jpeg).indexOf(Uint8Array.of(0xff, 0xda)) + 14,
    "progressive JPEG": Buffer.from(progressive).indexOf(Uint8Array.of(0xff, 0xda)) + 14,
    PNG: Buffer.from(png).indexOf("IDAT") + 4,
  };

  test.each([
    ["JPEG", jpeg, "\xff\xd9"],
    ["progressive JPEG", progressive, "\xff\xd9"],
    ["PNG", png, "IEND\xae\x42\x60\x82"],
  ] as const)(
    "a %s cut off anywhere is refused or given its end, never passed on or crashed over",
    async (kind, bytes, end) => {
      for (let length = 40; length < bytes.length; length += 1) {
        const cut = bytes.subarray(0, length);
        if (length < pixelsAt[kind]) expect(await refusal(cut)).toBe("IMAGE_CORRUPT");
        else {
          const { bytes: mended, isMended } = await stripped(cut);
          expect(isMended).toBe(true);
          expect(Buffer.from(mended).toString("latin1")).toEndWith(end);
          expect(await refusal(mended)).toBeUndefined();
        }
      }
    },
  );

  test("an end that alone is missing makes the file it was", async () => {
    for (const [bytes, end] of [
      [jpeg, 2],
      [progressive, 2],
      [png, 12],
      [png, 16],
      [png, 1],
    ] as const) {
      expect(await strip(bytes.subarray(0, bytes.length - end))).toEqual(bytes);
    }
  });

  test("a WebP cut off anywhere is refused", async () => {
    for (let length = 40; length < webp.length; length += 1) {
      expect(await refusal(webp.subarray(0, length))).toBe("IMAGE_CORRUPT");
    }
  });

  test("a WebP whose own length or last padding byte is wrong is corrected", async () => {
    const wrong = Uint8Array.from(webp);
    new DataView(wrong.buffer).setUint32(4, webp.length - 8 + 10_000, true);
    expect(await strip(wrong)).toEqual(webp);
    const isOdd = (photo: Uint8Array) => ((photo[16] ?? 0) & 1) === 1;
    const lossless = await Promise.all([40, 41, 42, 43, 44].map((w) => webpPhoto(w, 20, true)));
    const odd = lossless.find(isOdd);
    if (!odd) throw new Error("none of odd length");
    expect(await strip(odd.subarray(0, -1))).toEqual(odd);
  });

  // Android cameras, and whoever gives a segment's length too short.
  test.each([
    ["zeros", "\0\0\0"],
    ["a segment without its first byte", `\0\xe1\0\x10${SECRET_PLACE}`],
    ["padding", "\xff\xff\xff"],
    ["stuffed and restart markers", "\xff\0\xff\xd3\x01\xff\x01"],
    ["a marker that there is not", "\xff\x3c\0\x04ab"],
    ["a second start", "\xff\xd8"],
  ])("%s between segments are left out", async (_, junk) => {
    const tables = Buffer.from(jpeg).indexOf(Uint8Array.of(0xff, 0xdb));
    const scan = Buffer.from(jpeg).indexOf(Uint8Array.of(0xff, 0xda));
    for (const at of [tables, scan]) {
      const dirty = concat(jpeg.subarray(0, at), text(junk), jpeg.subarray(at));
      expect(inspectImage(dirty, true)).toEqual(inspectImage(jpeg, true));
      expect(await strip(dirty)).toEqual(jpeg);
    }
  });

  test("what looks like a marker inside of a scan is damage", async () => {
    const body = jpeg.subarray(0, jpeg.length - 2);
    expect(await refusal(concat(body, text("\xff\x3cab\xff\xd9")))).toBe("IMAGE_CORRUPT");
  });

  test("says what is not grey or three opaque colours", async () => {
    const isPlain = async (bytes: Uint8Array) => (await stripped(bytes)).isPlain;
    const transparent = await new Bun.Image(transparentPng(40, 20)).webp().bytes();
    const lossless = await new Bun.Image(transparentPng(40, 20)).webp({ lossless: true }).bytes();
    const inks = Uint8Array.from(jpeg);
    inks[Buffer.from(jpeg).indexOf(Uint8Array.of(0xff, 0xc0)) + 9] = 4;
    for (const bytes of [jpeg, progressive, png, webp, await webpPhoto(40, 20, true)]) {
      expect(await isPlain(bytes)).toBe(true);
    }
    const keyed = withPngChunk(png, "tRNS", new Uint8Array(6));
    for (const bytes of [transparentPng(40, 20), transparent, lossless, keyed, inks]) {
      expect(await isPlain(bytes)).toBe(false);
    }
  });

  test("a second header cannot bring another size past the check", async () => {
    const frame = Buffer.from(jpeg).indexOf(Uint8Array.of(0xff, 0xc0));
    const twice = concat(jpeg.subarray(0, frame + 19), jpeg.subarray(frame));
    expect(await refusal(twice)).toBe("IMAGE_CORRUPT");
    expect(await refusal(withPngChunk(png, "IHDR", png.subarray(16, 29)))).toBe("IMAGE_CORRUPT");
    expect(await refusal(withWebpExif(webp, 41, 20, tiff(1)))).toBe("IMAGE_CORRUPT");
  });

  test("a JPEG of very many scans is refused", async () => {
    const scan = Buffer.from(jpeg).indexOf(Uint8Array.of(0xff, 0xda));
    const oneScan = jpeg.subarray(scan, jpeg.length - 2);
    const many = (count: number) =>
      concat(jpeg.subarray(0, scan), ...Array(count).fill(oneScan), Uint8Array.of(0xff, 0xd9));
    expect(await refusal(many(100))).toBeUndefined();
    expect(await refusal(many(101))).toBe("IMAGE_CORRUPT");
  });

  test("an unknown critical PNG chunk is refused", async () => {
    expect(await refusal(withPngChunk(png, "CgBI", new Uint8Array(4)))).toBe("IMAGE_CORRUPT");
  });
});

describe("stripKeepingOrientation", () => {
  const extended = (orientation: number) => withWebpExif(webp, 40, 20, tiff(orientation));
  const kinds = [
    ["JPEG", (orientation: number) => withJpegSegment(jpeg, 0xe1, exif(orientation))],
    ["PNG", (orientation: number) => withPngChunk(png, "eXIf", tiff(orientation))],
    ["WebP", extended],
  ] as const;
  const keep = async (bytes: Uint8Array) =>
    (await stripKeepingOrientation(bytes, inspectImage(bytes, true))).bytes;

  test.each(kinds)("leaves of a %s its pixels and how to turn them", async (_, photo) => {
    for (const orientation of [2, 3, 4, 5, 6, 7, 8] as const) {
      const dirty = photo(orientation);
      const clean = await keep(dirty);
      expect(holds(dirty, SECRET_PLACE)).toBe(true);
      expect(holds(clean, SECRET_PLACE)).toBe(false);
      expect(inspectImage(clean, true)).toEqual(inspectImage(dirty, true));
      expect(await pixels(clean)).toEqual(await pixels(dirty));
      expect(await strip(clean)).toEqual(await strip(dirty));
      expect(await keep(clean)).toEqual(clean);
    }
  });

  test.each(kinds)("an upright %s has nothing left beside it", async (_, photo) => {
    expect(await keep(photo(1))).toEqual(await strip(photo(1)));
  });

  test("a decoder that knows EXIF shows the JPEG as before", async () => {
    const dirty = withJpegSegment(jpeg, 0xe1, exif(6));
    const shown = (bytes: Uint8Array) => new Bun.Image(bytes).png().bytes();
    expect(await shown(await keep(dirty))).toEqual(await shown(dirty));
    expect(await shown(await keep(dirty))).not.toEqual(await shown(jpeg));
  });

  test("a PNG's orientation carries a checksum that holds", async () => {
    const clean = Buffer.from(await keep(withPngChunk(png, "eXIf", tiff(6))));
    const at = clean.indexOf("eXIf");
    const end = at + 4 + clean.readUInt32BE(at - 4);
    expect(clean.readUInt32BE(end)).toBe(Bun.hash.crc32(clean.subarray(at, end)));
  });

  test("a WebP that cannot carry EXIF is as upright as viewers showed it", async () => {
    const body = tiff(6);
    const chunk = concat(text("EXIF"), Uint8Array.of(body.length, 0, 0, 0), body);
    const simple = concat(webp, chunk);
    new DataView(simple.buffer).setUint32(4, simple.length - 8, true);
    expect(inspectImage(simple, true).orientation).toBe(6);
    expect(await keep(simple)).toEqual(webp);
  });
});
