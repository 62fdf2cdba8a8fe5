import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "#lib/clock/clock.ts";
import { Fault } from "#lib/error/fault.ts";
import { inspectImage, photoBytesMax } from "#lib/image/inspect.ts";
import { createDiskStore } from "./adapters/disk-store.ts";
import { confirmUpload } from "./confirm-upload.ts";
import { createSigner } from "./signer.ts";
import { createKey } from "./upload.ts";

test("a store that cannot be read just now does not cost the user the photo", async () => {
  const dir = await mkdtemp(join(tmpdir(), "eco2-confirm-"));
  const signer = createSigner("a secret of the tests");
  const origin = "http://127.0.0.1:8080";
  const options = { dir, uploadOrigin: origin, readOrigin: origin, signer, clock: systemClock };
  const disk = await createDiskStore(options);
  const key = await createKey(signer, "scan", "user-1");
  await Bun.write(join(dir, key), "not a photo, if anyone could look");
  const photo = { bytesMax: photoBytesMax, inspect: inspectImage };
  const confirm = (store: typeof disk) =>
    confirmUpload({ store, signer, photo }, { channel: "scan", userId: "user-1", key });

  const away = { ...disk, readStart: () => Promise.reject(new Fault("UNAVAILABLE")) };
  await expect(confirm(away)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(await disk.size(key)).toBe(33);
  await expect(confirm(disk)).rejects.toMatchObject({ code: "IMAGE_TYPE_UNSUPPORTED" });
  expect(await disk.size(key)).toBeUndefined();
  await rm(dir, { recursive: true });
});
