import { afterAll, expect, test } from "bun:test";
import { mkdtemp, readdir, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "#lib/clock/clock.ts";
import { createSigner } from "../signer.ts";
import { createKey } from "../upload.ts";
import { createDiskStore } from "./disk-store.ts";

const dir = await mkdtemp(join(tmpdir(), "eco2-disk-"));
const signer = createSigner("a secret of the tests");
const origin = "http://127.0.0.1:8080";
const options = {
  dir,
  uploadOrigin: origin,
  readOrigin: "https://cdn.example.com",
  signer,
  clock: systemClock,
};
const store = await createDiskStore(options);
afterAll(() => rm(dir, { recursive: true, force: true }));

async function* pieces(count: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i += 1) yield new Uint8Array(1_000);
}

test("a body without an end is cut at the limit and leaves nothing", async () => {
  const key = await createKey(signer, "scan", "user-1");
  const drafting = store.receive(key, pieces(Number.POSITIVE_INFINITY), 10_000);
  await expect(drafting).rejects.toMatchObject({ code: "IMAGE_TOO_LARGE" });
  expect(await readdir(join(dir, "drafts"))).toEqual([]);
});

test("there is space as long as the file system has the bytes of one more photo", async () => {
  expect(await store.hasSpace()).toBe(true);
  const { bavail, bsize } = await statfs(dir);
  const full = await createDiskStore({ ...options, freeBytesMin: bavail * bsize * 2 });
  expect(await full.hasSpace()).toBe(false);
});

test("what is received is no draft until it is committed", async () => {
  const key = await createKey(signer, "scan", "user-1");
  const received = await store.receive(key, pieces(3), 10_000);
  expect(received.size).toBe(3_000);
  expect(await store.draft(key)).toBeUndefined();
  await received.commit();
  expect((await store.draft(key))?.size).toBe(3_000);
  expect(await readdir(join(dir, "drafts"))).toEqual([key]);
  await store.dropDraft(key);
});

test("what was interrupted on its way lies among the drafts, for the sweep", async () => {
  const key = await createKey(signer, "scan", "user-1");
  await store.receive(key, pieces(3), 10_000);
  const pages = await Array.fromAsync(store.list("drafts"));
  expect(pages.flat()).toHaveLength(1);
  await Promise.all(pages.flat().map((object) => object.remove()));
  expect(await readdir(join(dir, "drafts"))).toEqual([]);
});

test("a path is no key", async () => {
  for (const path of ["../secret", "/etc/passwd", "drafts", "", "scan.a.b/../../x"]) {
    const notFound = { code: "NOT_FOUND" };
    await expect(store.photo(path)).rejects.toMatchObject(notFound);
    await expect(store.draft(path)).rejects.toMatchObject(notFound);
    await expect(store.open(path)).rejects.toMatchObject(notFound);
    await expect(store.dropDraft(path)).rejects.toMatchObject(notFound);
    await expect(store.publish(path, new Uint8Array(1), "x")).rejects.toMatchObject(notFound);
  }
});

test("a disk that cannot be written says so", async () => {
  const key = await createKey(signer, "scan", "user-1");
  await rm(join(dir, "drafts"), { recursive: true });
  const drafting = store.receive(key, pieces(1), 10_000);
  await expect(drafting).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

test("photos are read where the CDN stands and uploaded where the app does", async () => {
  const key = await createKey(signer, "scan", "user-1");
  expect(store.publicUrl(key)).toBe(`https://cdn.example.com/api/v1/images/files/${key}`);
  const { url } = await store.signUpload(key, { expiresInS: 60 });
  expect(url).toStartWith(`${origin}/api/v1/images/upload/${key}?`);
});
