import { afterAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createApp } from "#lib/http/create-app.ts";
import { inspectImage, photoBytesMax } from "#lib/image/inspect.ts";
import { createLogger } from "#lib/log/logger.ts";
import { jpegPhoto } from "#lib/testing/photos.ts";
import { startS3Server } from "#lib/testing/s3-server.ts";
import { createDiskStore } from "./adapters/disk-store.ts";
import { createImagesRoutes } from "./adapters/http.ts";
import { createS3Store } from "./adapters/s3-store.ts";
import type { ImageStore } from "./image-store.ts";
import { createSigner } from "./signer.ts";
import { createKey } from "./upload.ts";

/** A store with its HTTP side, and a way to let time pass for it. */
interface Place {
  readonly store: ImageStore;
  passTime(ms: number): void;
}

const cleanups: (() => Promise<unknown>)[] = [];
afterAll(() => Promise.all(cleanups.map((cleanup) => cleanup())));
const signer = createSigner("a secret of the tests");

async function disk(): Promise<Place> {
  const dir = await mkdtemp(join(tmpdir(), "eco2-store-"));
  let aheadMs = 0;
  const clock = { now: () => Date.now() + aheadMs };
  let app: (request: Request) => Response | Promise<Response>;
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: (request) => app(request) });
  const origin = `http://127.0.0.1:${server.port}`;
  const files = await createDiskStore({
    dir,
    uploadOrigin: origin,
    readOrigin: origin,
    signer,
    clock,
  });
  const photo = { bytesMax: photoBytesMax, inspect: inspectImage };
  const routes = createImagesRoutes({ store: files, files, signer, photo, clock });
  app = createApp(createLogger("test", "error"), [routes]).fetch;
  cleanups.push(
    () => server.stop(true),
    () => rm(dir, { recursive: true }),
  );
  return {
    store: files,
    passTime: (ms) => {
      aheadMs += ms;
    },
  };
}

async function s3(): Promise<Place> {
  const credentials = {
    bucket: "photos",
    region: "ap-northeast-2",
    accessKeyId: "test-key",
    secretAccessKey: "test-secret",
  };
  const server = startS3Server(credentials);
  cleanups.push(server.stop);
  const cdnUrl = `${server.origin}/photos`;
  return {
    store: createS3Store({ ...credentials, endpoint: server.origin, cdnUrl }),
    passTime: (ms) => {
      server.aheadMs += ms;
    },
  };
}

const photo = await jpegPhoto(40, 20);
const put = (url: string, headers: Readonly<Record<string, string>> = {}) =>
  fetch(url, { method: "PUT", body: photo, headers });

describe.each([
  ["disk", disk],
  ["s3", s3],
])("the %s store", (_, open) => {
  const opening = open();
  const newKey = () => createKey(signer, "scan", "user-1");
  const upload = async () => {
    const { store } = await opening;
    const key = await newKey();
    const { url } = await store.signUpload(key, { expiresInS: 60 });
    expect((await put(url)).status).toBe(200);
    return { store, key };
  };

  test("takes a photo by its signed URL and gives it back", async () => {
    const { store } = await opening;
    const key = await newKey();
    const offer = await store.signUpload(key, { expiresInS: 60, contentType: "image/jpeg" });
    expect(offer.requiredHeaders).toEqual({ "content-type": "image/jpeg" });
    expect(await store.size(key)).toBeUndefined();

    expect((await put(offer.url, offer.requiredHeaders)).status).toBe(200);
    expect(await store.size(key)).toBe(photo.length);
    expect(await store.readStart(key, 12)).toEqual(photo.slice(0, 12));
    expect(await store.readStart(key, photo.length + 1)).toEqual(photo);
    const served = await fetch(store.publicUrl(key));
    expect(new Uint8Array(await served.arrayBuffer())).toEqual(photo);
  });

  test("asks for no headers when nothing was said of the type", async () => {
    const { store } = await opening;
    const { requiredHeaders } = await store.signUpload(await newKey(), { expiresInS: 60 });
    expect(requiredHeaders).toEqual({});
  });

  test("a deleted photo is gone, and deleting it again is no error", async () => {
    const { store, key } = await upload();
    await store.delete(key);
    await store.delete(key);
    expect(await store.size(key)).toBeUndefined();
    expect((await fetch(store.publicUrl(key))).status).toBe(404);
    await expect(store.readStart(key, 10)).rejects.toMatchObject({ code: "UPLOAD_NOT_FOUND" });
  });

  test("a signed URL is for its own key only, and cannot be changed", async () => {
    const { store } = await opening;
    const [key, other] = [await newKey(), await newKey()];
    const { url } = await store.signUpload(key, { expiresInS: 60 });
    const signature = /signature=(.)/i.exec(url);
    const flipped = signature?.[1] === "0" ? "1" : "0";
    const forged = [
      url.replace(key, other),
      url.replace(/(expires=)\d+/i, "$199999999999"),
      url.replace(/(signature=)./i, `$1${flipped}`),
      url.replace(/\?.*/, ""),
    ];
    for (const attempt of forged) {
      expect(attempt).not.toBe(url);
      expect((await put(attempt)).status).toBe(403);
    }
    expect(await store.size(key)).toBeUndefined();
    expect(await store.size(other)).toBeUndefined();
  });

  test("a signed URL works for a PUT only", async () => {
    const { store, key } = await upload();
    const { url } = await store.signUpload(key, { expiresInS: 60 });
    const response = await fetch(url, { method: "DELETE" });
    expect(response.ok).toBe(false);
    expect(await store.size(key)).toBe(photo.length);
  });

  test("a signed URL is good until it expires, not longer", async () => {
    const { store, passTime } = await opening;
    const key = await newKey();
    const { url } = await store.signUpload(key, { expiresInS: 60 });
    passTime(50_000);
    expect((await put(url)).status).toBe(200);
    passTime(11_000);
    expect((await put(url)).status).toBe(403);
  });
});
