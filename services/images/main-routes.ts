import type { Redis } from "ioredis";
import { systemClock } from "#lib/clock/clock.ts";
import { ConfigError, loadConfig } from "#lib/config/load-config.ts";
import { publicOrigin } from "#lib/config/public-url.ts";
import type { App } from "#lib/http/create-app.ts";
import type { ReadinessCheck } from "#lib/http/health.ts";
import type { Logger } from "#lib/log/logger.ts";
import type { ProcessScope } from "#lib/process/run-process.ts";
import { createDiskStore } from "./adapters/disk-store.ts";
import { createImagesRoutes } from "./adapters/http.ts";
import { createPhotoRules } from "./adapters/photo-rules.ts";
import { createS3Store, type S3StoreOptions } from "./adapters/s3-store.ts";
import { createUploadQuotas } from "./adapters/upload-quotas.ts";
import { type ImagesConfig, S3Config } from "./config.ts";
import { startSweep } from "./main-sweep.ts";
import { createSigner, type Signer, toBase64Url } from "./signer.ts";

/**
 * The images API over a real store and the sweep of that store, for its own process and for edge,
 * and what their readiness depends on.
 */
export async function imagesRoutes(
  config: ImagesConfig,
  { redis, ...process }: { redis: Redis; log: Logger; scope: ProcessScope },
): Promise<{ routes: App; checks: Record<string, ReadinessCheck> }> {
  const signer = createSigner(config.UPLOAD_SECRET ?? randomSecret());
  const admit = createUploadQuotas(redis, systemClock, {
    uploads: config.UPLOADS_PER_DAY_PER_USER,
    bytes: config.UPLOAD_MB_PER_DAY_PER_USER * 1_000_000,
  });
  const common = { signer, photo: createPhotoRules(), clock: systemClock, admit };
  if (config.IMAGE_STORE === "s3") {
    const store = createS3Store(s3Options(config, signer));
    startSweep(config, { ...process, store });
    return { routes: createImagesRoutes({ ...common, store }), checks: {} };
  }
  const files = await openDisk(config, signer);
  startSweep(config, { ...process, store: files });
  const routes = createImagesRoutes({ ...common, store: files, files });
  return { routes, checks: { image_dir: files.hasSpace } };
}

/** @throws ConfigError naming `IMAGE_DIR` when the process cannot write there. */
async function openDisk(config: ImagesConfig, signer: Signer) {
  const origin = publicOrigin(config);
  try {
    return await createDiskStore({
      dir: config.IMAGE_DIR,
      uploadOrigin: origin,
      readOrigin: config.CDN_URL ? new URL(config.CDN_URL).origin : origin,
      signer,
      clock: systemClock,
    });
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : cause;
    throw new ConfigError(`IMAGE_DIR: the folder cannot be used (${code})`, { cause });
  }
}

function s3Options(config: ImagesConfig, signer: Signer): S3StoreOptions {
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
    signer,
    clock: systemClock,
  };
}

function randomSecret(): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(32)));
}
