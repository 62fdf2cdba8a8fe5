import { afterAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "#lib/clock/clock.ts";
import { Fault } from "#lib/error/fault.ts";
import { jpegPhoto } from "#lib/testing/photos.ts";
import { createDiskStore } from "./adapters/disk-store.ts";
import { createPhotoRules } from "./adapters/photo-rules.ts";
import { confirmUpload } from "./confirm-upload.ts";
import { createSigner } from "./signer.ts";
import { createKey } from "./upload.ts";
import { everyone } from "./upload-fixture.ts";

const dir = await mkdtemp(join(tmpdir(), "eco2-confirm-"));
afterAll(() => rm(dir, { recursive: true }));
const signer = createSigner("a secret of the tests");
const origin = "http://127.0.0.1:8080";
const options = { dir, uploadOrigin: origin, readOrigin: origin, signer, clock: systemClock };
const disk = await createDiskStore(options);
const photo = createPhotoRules();

async function drafted(bytes: string | Uint8Array<ArrayBuffer>) {
  const key = await createKey(signer, "scan", "user-1");
  await Bun.write(join(dir, "drafts", key), bytes);
  const confirm = (store: typeof disk) =>
    confirmUpload(
      { store, signer, photo, owners: everyone },
      { channel: "scan", userId: "user-1", key },
    );
  return { key, confirm };
}

test("a store that cannot be read just now does not cost the user the photo", async () => {
  const { key, confirm } = await drafted("not a photo, if anyone could look");
  const readStart = () => Promise.reject(new Fault("UNAVAILABLE"));
  const away = { ...disk, draft: async () => ({ size: 33, readStart }) };
  await expect(confirm(away)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect((await disk.draft(key))?.size).toBe(33);
  await expect(confirm(disk)).rejects.toMatchObject({ code: "IMAGE_TYPE_UNSUPPORTED" });
  expect(await disk.draft(key)).toBeUndefined();
});

test("a call that loses the draft to another of the same key answers as that one", async () => {
  const { confirm } = await drafted(await jpegPhoto(40, 20));
  let first: unknown;
  const overtaken = {
    ...disk,
    draft: async (key: string) => {
      const draft = await disk.draft(key);
      first = await confirm(disk);
      return draft;
    },
  };
  const second: unknown = await confirm(overtaken);
  expect(second).toMatchObject({ width: 40, height: 20 });
  expect(second).toEqual(first);
});

test("a crash between publishing and dropping costs nothing but a draft", async () => {
  const { key, confirm } = await drafted(await jpegPhoto(40, 20));
  const crashing = { ...disk, dropDraft: () => Promise.reject(new Error("crashed")) };
  await expect(confirm(crashing)).rejects.toThrow("crashed");
  expect(await disk.draft(key)).toBeDefined();
  expect(await confirm(disk)).toMatchObject({ width: 40, height: 20 });
  expect(await disk.draft(key)).toBeUndefined();
});
