import { describe, expect, test } from "bun:test";
import { gridHeic } from "#lib/testing/heic-grid.ts";
import { heicPhoto } from "#lib/testing/heic-photos.ts";
import { gifPhoto, movingWebp } from "#lib/testing/moving-photos.ts";
import { concat, jpegPhoto, pngPhoto, text } from "#lib/testing/photos.ts";
import { inspectImage } from "./inspect.ts";
import { pixelsOnWhite } from "./pixels-on-white.ts";
import { preparePhoto } from "./prepare.ts";
import { inspectSent, isOther, toStill } from "./sent-photo.ts";

type Rgb = readonly number[];
/** Red, green and blue in the middle of a place given in eighths of the sides. */
async function coloursOf(photo: Uint8Array, places: readonly (readonly [number, number])[]) {
  const { rgb } = await pixelsOnWhite(new Bun.Image(photo).resize(8, 8, { fit: "fill" }));
  return places.map(([x, y]) => nameOf([...rgb.subarray(3 * (8 * y + x), 3 * (8 * y + x) + 3)]));
}
function nameOf([red = 0, green = 0, blue = 0]: Rgb): string {
  if (Math.min(red, green, blue) > 200) return "white";
  if (Math.max(red, green, blue) < 70) return "dark";
  return red > 180
    ? "red"
    : green > 180
      ? "green"
      : blue > 180
        ? "blue"
        : `${red},${green},${blue}`;
}
const corners = [
  [1, 1],
  [6, 1],
  [6, 6],
  [1, 6],
] as const;
const clockwise = ["red", "green", "blue", "white"];
const codeOf = (work: Promise<unknown>) => work.then(String, ({ code }) => code);
const prepare = (bytes: Uint8Array) =>
  preparePhoto(bytes, { userId: "user-1", signal: AbortSignal.timeout(60_000) });

describe("of what moves the first picture is taken", () => {
  test.each([
    ["a GIF", async () => gifPhoto(64, 48), "image/gif", "image/jpeg"],
    ["an animated WebP", () => movingWebp(64, 48), "image/webp", "image/webp"],
  ])("%s", async (_, make, mime, becomes) => {
    const sent = await make();
    expect(inspectSent(sent, true)).toEqual({ mime, width: 64, height: 48 });
    expect(inspectSent(sent.subarray(0, 64), false)).toEqual({ mime, width: 64, height: 48 });
    const still = await toStill(sent);
    expect(inspectImage(still, true)).toMatchObject({ mime: becomes, width: 64, height: 48 });
    expect(await coloursOf(still, corners)).toEqual(clockwise);
    expect(inspectImage((await prepare(sent)).bytes, true)).toMatchObject({
      width: 64,
      height: 48,
    });
  });

  test("on white where it is transparent", async () => {
    const still = await toStill(gifPhoto(64, 64, { isTransparent: true }));
    expect(
      await coloursOf(still, [
        [0, 0],
        [4, 4],
      ]),
    ).toEqual(["white", "dark"]);
  });

  test("and a part of it is corrupt", async () => {
    const [gif, webp] = [gifPhoto(64, 48), await movingWebp(64, 48)];
    const picture = Buffer.from(webp).indexOf("ANMF");
    for (const part of [gif.subarray(0, 8), gif.subarray(0, 450), webp.subarray(0, picture + 40)]) {
      expect(await codeOf(prepare(part))).toBe("IMAGE_CORRUPT");
    }
    const empty = concat(webp.subarray(0, picture), text("ANMF\x02\0\0\0\0\0"));
    expect(await codeOf(toStill(empty))).toBe("IMAGE_CORRUPT");
    const frameless = webp.subarray(0, picture);
    expect(await codeOf(toStill(frameless))).toBe("IMAGE_CORRUPT");
  });

  test("and a bomb is refused by what its header claims", async () => {
    const gif = gifPhoto(16, 16);
    gif.set([0xff, 0xff, 0xff, 0xff], 6);
    expect(await codeOf(prepare(gif))).toBe("IMAGE_TOO_MANY_PIXELS");
    const webp = await movingWebp(16, 16);
    webp.set([0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 24);
    expect(await codeOf(prepare(webp))).toBe("IMAGE_TOO_MANY_PIXELS");
    // Its frame claims more than its canvas.
    const liar = gifPhoto(16, 16);
    const frame = liar.indexOf(0x2c, 13 + 3 * 128);
    liar.set([0xff, 0xff, 0xff, 0xff], frame + 5);
    expect(await codeOf(prepare(liar))).toBeOneOf(["IMAGE_TOO_MANY_PIXELS", "IMAGE_CORRUPT"]);
  });
});

test("a photo that is read as it is stays as it is", async () => {
  for (const photo of [await jpegPhoto(40, 20), pngPhoto(40, 20)]) {
    expect(isOther(photo)).toBe(false);
    expect(await toStill(photo)).toBe(photo);
  }
});

describe("a HEIC at an address", () => {
  test("is decoded before a model gets it", async () => {
    const { bytes, mime } = await prepare(heicPhoto);
    expect(mime).toBe("image/jpeg");
    expect(inspectImage(bytes, true)).toMatchObject({ width: 64, height: 48 });
    expect(Buffer.from(bytes).includes("Exif")).toBe(false);
  });

  // Of 18 megapixels: nine columns of tiles, eight rows, of which the last is cut off.
  test.each([
    ["as it lies", 0, 2_304, 2_000, 0, 0, "red green"],
    ["turned by 90°", 1, 2_000, 2_304, 0, 0, "green blue"],
    ["upside down", 2, 2_304, 2_000, 0, -48, "blue white"],
    ["turned by 270°", 3, 2_000, 2_304, -48, 0, "white red"],
  ])(
    "that is large is put together from its tiles, %s",
    async (_, quarters, width, height, dx, dy, two) => {
      const still = await toStill(gridHeic(4_608, 4_000, quarters));
      expect(inspectImage(still, true)).toMatchObject({ width, height });
      const { rgb } = await pixelsOnWhite(new Bun.Image(still));
      const at = (x: number, y: number) =>
        nameOf([...rgb.subarray(3 * (y * width + x), 3 * (y * width + x) + 3)]);
      // Of the last, cut off row of tiles 416 pixels are left, which lie where the picture was turned to.
      const [x, y] = [64 + 3 * 256 + dx, 64 + 3 * 256 + dy];
      expect(`${at(x, y)} ${at(x + 128, y)}`).toBe(two);
    },
    60_000,
  );

  test("of 48 megapixels, as an iPhone takes them, is halved", async () => {
    const still = await toStill(gridHeic(8_064, 6_048, 3));
    expect(inspectImage(still, true)).toMatchObject({ width: 3_024, height: 4_032 });
  }, 60_000);
});
