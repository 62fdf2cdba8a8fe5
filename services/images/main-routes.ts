import { systemClock } from "#lib/clock/clock.ts";
import { loadConfig } from "#lib/config/load-config.ts";
import { publicOrigin } from "#lib/config/public-url.ts";
import type { App } from "#lib/http/create-app.ts";
import { inspectImage, photoBytesMax } from "#lib/image/inspect.ts";
import { createDiskStore } from "./adapters/disk-store.ts";
import { createImagesRoutes } from "./adapters/http.ts";
import { createS3Store, type S3StoreOptions } from "./adapters/s3-store.ts";
import { type ImagesConfig, S3Config } from "./config.ts";
import { createSigner, type Signer, toBase64Url } from "./signer.ts";

/** The images API over a real store, for its own process and for edge. */
export async function imagesRoutes(config: ImagesConfig): Promise<App> {
  const signer = createSigner(config.UPLOAD_SECRET ?? randomSecret());
  const photo = { bytesMax: photoBytesMax, inspect: inspectImage };
  const common = { signer, photo, clock: systemClock };
  if (config.IMAGE_STORE === "s3") {
    return createImagesRoutes({ ...common, store: createS3Store(s3Options(config)) });
  }
  const files = await openDisk(config, signer);
  return createImagesRoutes({ ...common, store: files, files });
}

function openDisk(config: ImagesConfig, signer: Signer) {
  const origin = publicOrigin(config);
  return createDiskStore({
    dir: config.IMAGE_DIR,
    uploadOrigin: origin,
    readOrigin: config.CDN_URL ? new URL(config.CDN_URL).origin : origin,
    signer,
    clock: systemClock,
  });
}

function s3Options(config: ImagesConfig): S3StoreOptions {
  const { UPLOAD_SECRET, CDN_URL, S3_REGION: region } = config;
  const { S3_ENDPOINT, S3_BUCKET, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY } = config;
  const present = { UPLOAD_SECRET, CDN_URL, S3_ENDPOINT, S3_BUCKET, S3_ACCESS_KEY_ID };
  const s3 = loadConfig(S3Config, { ...present, S3_SECRET_ACCESS_KEY });
  return {
    endpoint: s3.S3_ENDPOINT,
    bucket: s3.S3_BUCKET,
    region,
    accessKeyId: s3.S3_ACCESS_KEY_ID,
    secretAccessKey: s3.S3_SECRET_ACCESS_KEY,
    cdnUrl: s3.CDN_URL.replace(/\/$/, ""),
  };
}

function randomSecret(): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(32)));
}
