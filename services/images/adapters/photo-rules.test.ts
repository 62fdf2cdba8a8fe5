import { afterAll, describe, expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { decodeHeif } from "#lib/image/decode-heif.ts";
import { inspectImage } from "#lib/image/inspect.ts";
import { addColourProfile } from "#lib/image/jpeg.ts";
import { perceptualHash } from "#lib/image/perceptual-hash.ts";
import { pixelsOnWhite } from "#lib/image/pixels-on-white.ts";
import { stripMetadata } from "#lib/image/strip.ts";
import { avifPhoto, changedAvif, profiledAvif, transparentAvif } from "#lib/testing/avif-photos.ts";
import { heicBomb, heicPhoto, transparentHeic, turnedHeic } from "#lib/testing/heic-photos.ts";
import { concat, jpegPhoto, text } from "#lib/testing/photos.ts";
import { createPhotoRules } from "./photo-rules.ts";

const { strip, inspect } = createPhotoRules();
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "taken",
    ({ code }) => code,
  );
/** Red, green and blue at a place given in tenths of the sides. */
async function colourAt(jpeg: Uint8Array, x: number, y: number): Promise<number[]> {
  const { rgb } = await pixelsOnWhite(new Bun.Image(jpeg).resize(10, 10, { fit: "fill" }));
  return [...rgb.subarray(3 * (10 * y + x), 3 * (10 * y + x) + 3)];
}
const isRed = ([red = 0, ...others]: number[]) => red > 180 && Math.max(...others) < 70;

describe("a HEIC photo becomes a JPEG", () => {
  test("of the same picture, without what its file says beside it", async () => {
    const { bytes, ...facts } = await strip(heicPhoto);
    expect(facts).toMatchObject({ mime: "image/jpeg", width: 64, height: 48 });
    expect(isRed(await colourAt(bytes, 1, 1))).toBe(true);
    expect(Buffer.from(heicPhoto).includes("Exif")).toBe(true);
    expect(Buffer.from(bytes).includes("Exif")).toBe(false);
  });

  test("upright", async () => {
    const { bytes, ...facts } = await strip(turnedHeic());
    expect(facts).toMatchObject({ width: 48, height: 64 });
    expect(isRed(await colourAt(bytes, 1, 8))).toBe(true);
  });

  test("on white where it is transparent", async () => {
    const { bytes } = await strip(transparentHeic);
    expect(Math.min(...(await colourAt(bytes, 0, 0)))).toBeGreaterThan(230);
    expect(Math.max(...(await colourAt(bytes, 5, 5)))).toBeLessThan(60);
  });

  test("with its colour profile, which is a JPEG's too", async () => {
    const jpeg = await jpegPhoto(16, 16);
    const profiled = addColourProfile(jpeg, new Uint8Array(548).fill(7));
    expect(profiled.length).toBe(jpeg.length + 4 + 14 + 548);
    expect((await stripMetadata(profiled, "image/jpeg")).bytes).toEqual(profiled);
    expect(addColourProfile(jpeg, new Uint8Array(70_000))).toEqual(jpeg);
    expect(addColourProfile(jpeg, new Uint8Array())).toEqual(jpeg);
  });
});

describe("the hash of a photo", () => {
  test("is taken of one that goes to a model as it is, while it is decoded", async () => {
    const photo = await jpegPhoto(300, 200);
    expect((await strip(photo)).hash).toBe(await perceptualHash(photo));
  });

  test("is left to the worker where that decodes it", async () => {
    expect((await strip(await jpegPhoto(2_000, 100))).hash).toBeUndefined();
  });
});

describe("an AVIF photo becomes a JPEG", () => {
  const red = async (bytes: Uint8Array) => {
    const corners = [0, 9].flatMap((y) => [0, 9].map((x) => [x, y] as const));
    const colours = await Promise.all(corners.map(([x, y]) => colourAt(bytes, x, y)));
    return corners.filter((_, i) => isRed(colours[i] ?? []));
  };

  test("of the same picture, turned and mirrored as its file says", async () => {
    const { bytes, ...facts } = await strip(avifPhoto);
    expect(facts).toMatchObject({ mime: "image/jpeg", width: 64, height: 48 });
    expect(await red(bytes)).toEqual([[0, 0]]);
    const turned = await strip(changedAvif("irot"));
    expect(turned).toMatchObject({ width: 48, height: 64 });
    expect(await red(turned.bytes)).toEqual([[0, 9]]);
    expect(await red((await strip(changedAvif("imir"))).bytes)).toEqual([[9, 0]]);
  });

  test("on white where it is transparent", async () => {
    const { bytes } = await strip(transparentAvif);
    expect(Math.min(...(await colourAt(bytes, 0, 0)))).toBeGreaterThan(230);
    expect(Math.max(...(await colourAt(bytes, 5, 5)))).toBeLessThan(60);
  });

  test("with its colour profile", async () => {
    const has = ({ bytes }: { bytes: Uint8Array }) =>
      Buffer.from(bytes).includes("ICC_PROFILE\0\x01\x01profile");
    expect(has(await strip(profiledAvif()))).toBe(true);
    expect(has(await strip(avifPhoto))).toBe(false);
  });

  test("or is corrupt, where a part of it is missing", async () => {
    for (const share of [0.2, 0.5, 0.9]) {
      const part = avifPhoto.subarray(0, share * avifPhoto.length);
      expect(await codeOf(strip(part))).toBe("IMAGE_CORRUPT");
    }
  });
});

describe("a HEIC that is none of that", () => {
  test("is corrupt where a part of it is missing or overwritten", async () => {
    const at = Buffer.from(heicPhoto).indexOf("mdat") + 4;
    const empty = concat(heicPhoto.subarray(0, at), new Uint8Array(heicPhoto.length - at));
    expect(await codeOf(strip(empty))).toBe("IMAGE_CORRUPT");
    for (const share of [0.1, 0.5]) {
      const part = heicPhoto.subarray(0, share * heicPhoto.length);
      expect(await codeOf(strip(part))).toBe("IMAGE_CORRUPT");
    }
  });

  test("is refused by its header where it has more pixels than anybody's photo", async () => {
    expect(() => inspect(heicBomb(8_704, 6_528), true)).toThrow("IMAGE_TOO_MANY_PIXELS");
    // In one piece it would take more memory than there is.
    expect(await codeOf(strip(heicBomb(8_064, 6_048)))).toBe("IMAGE_TOO_MANY_PIXELS");
    expect(() => inspect(heicBomb(0, 48), false)).not.toThrow();
    expect(inspect(heicBomb(5_712, 4_284), false)).toMatchObject({ width: 5_712, height: 4_284 });
  });

  test("needs more bytes until its header is there", () => {
    const meta = Buffer.from(heicPhoto).indexOf("mdat") - 4;
    for (const length of [0, 11, 12, 40, meta - 1]) {
      expect(inspect(heicPhoto.subarray(0, length), false)).toBeUndefined();
    }
    expect(inspect(heicPhoto.subarray(0, meta), false)).toMatchObject({ mime: "image/heic" });
  });

  test("names the way out for a sequence of AVIF", async () => {
    const file = text("\0\0\0\x18ftypavis\0\0\0\0msf1miaf");
    expect(await codeOf(strip(file))).toBe("IMAGE_HEIF_UNSUPPORTED");
    expect(() => inspectImage(file, true)).toThrow("IMAGE_HEIF_UNSUPPORTED");
  });

  test("is a type of its own to who takes none: an address, a model", () => {
    expect(() => inspectImage(heicPhoto, true)).toThrow("IMAGE_HEIF_UNSUPPORTED");
    const film = text("\0\0\0\x18ftypmp42\0\0\0\0isommp42");
    expect(() => inspectImage(film, true)).toThrow("IMAGE_TYPE_UNSUPPORTED");
  });
});

describe("the thread", () => {
  const path = join(tmpdir(), `eco2-heic-${crypto.randomUUID()}.ts`);
  afterAll(() => rm(path, { force: true }));
  const decodeWith = async (source: string, timeoutMs = 10_000) => {
    await Bun.write(path, source);
    return codeOf(decodeHeif(heicPhoto, { script: pathToFileURL(path), timeoutMs }));
  };

  test("that takes too long, crashes or ends costs its photo alone", async () => {
    expect(await decodeWith("for (;;);", 300)).toBe("IMAGE_HEIF_UNSUPPORTED");
    expect(await decodeWith("throw new Error('crashed')")).toBe("IMAGE_HEIF_UNSUPPORTED");
    expect(await decodeWith("process.exit(0)")).toBe("IMAGE_HEIF_UNSUPPORTED");
    expect(await codeOf(decodeHeif(heicPhoto))).toBe("taken");
  });

  test("leaves the loop to others, and several photos take turns", async () => {
    const started = performance.now();
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 5);
    const all = await Promise.all([1, 2, 3].map(() => strip(heicPhoto)));
    clearInterval(timer);
    expect(all.length).toBe(3);
    expect(turns).toBeGreaterThan((performance.now() - started) / 5 / 4);
  });
});
