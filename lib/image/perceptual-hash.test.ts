import { expect, test } from "bun:test";
import { looksAlike, perceptualHash } from "./perceptual-hash.ts";

const samples = new URL("../../infra/samples/", import.meta.url);
const read = (name: string) => Bun.file(new URL(`${name}.jpg`, samples)).bytes();
const names = ["citrus", "coffee-cup", "scissors", "wine-bottle"];
const photos = await Promise.all(names.map(read));
const hashes = await Promise.all(photos.map(perceptualHash));

const changes: [string, (photo: Bun.Image) => Bun.Image][] = [
  ["encoded again at a third of the quality", (photo) => photo.jpeg({ quality: 30 })],
  ["scaled down", (photo) => photo.resize(200, 200, { fit: "inside" }).webp({ quality: 60 })],
  ["squeezed", (photo) => photo.resize(300, 400, { fit: "fill" }).png()],
  ["brightened", (photo) => photo.modulate({ brightness: 1.2 }).jpeg()],
  ["turned right", (photo) => photo.rotate(90).jpeg()],
  ["turned upside down", (photo) => photo.rotate(180).jpeg()],
  ["turned left", (photo) => photo.rotate(270).jpeg()],
  ["mirrored", (photo) => photo.flop().jpeg()],
  ["mirrored and turned", (photo) => photo.rotate(90).flip().jpeg()],
];

test.each(changes)(
  "a photo that was %s looks like itself, and like no other",
  async (_, change) => {
    for (const [i, photo] of photos.entries()) {
      const hash = await perceptualHash(await change(new Bun.Image(photo)).bytes());
      expect(hash).toMatch(/^[0-9a-f]{16}$/);
      expect(names.filter((_, at) => looksAlike(hashes[at] ?? "", hash))).toEqual([names[i] ?? ""]);
    }
  },
);

test("what cannot be decoded is a fault of the photo", async () => {
  await expect(perceptualHash(new Uint8Array(100))).rejects.toMatchObject({
    code: "IMAGE_CORRUPT",
  });
});

test("a hash stays what it is: those of earlier grants are stored", () => {
  expect(hashes[names.indexOf("coffee-cup")]).toBe("abebf831c1cd1002");
  expect(hashes[names.indexOf("citrus")]).toBe("1b8610ea59d0cf80");
});
