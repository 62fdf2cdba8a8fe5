import type { Redis } from "ioredis";
import { systemClock } from "#lib/clock/clock.ts";
import { ConfigError } from "#lib/config/load-config.ts";
import { publicOrigin } from "#lib/config/public-url.ts";
import type { Database } from "#lib/db/client.ts";
import type { App } from "#lib/http/create-app.ts";
import type { ReadinessCheck } from "#lib/http/health.ts";
import type { Logger } from "#lib/log/logger.ts";
import type { ProcessScope } from "#lib/process/run-process.ts";
import { createDiskStore } from "./adapters/disk-store.ts";
import { createImagesRoutes } from "./adapters/http.ts";
import { createPhotoRules } from "./adapters/photo-rules.ts";
import { createUploadRows } from "./adapters/postgres.ts";
import { createSweepPosition } from "./adapters/sweep-position.ts";
import { createUploadQuotas } from "./adapters/upload-quotas.ts";
import type { ImagesConfig } from "./config.ts";
import { openS3 } from "./main-s3.ts";
import { startRemoval, startSweep } from "./main-sweep.ts";
import { removeOwnerless } from "./remove-ownerless.ts";
import { createSigner, type Signer, toBase64Url } from "./signer.ts";

interface ImagesGiven {
  readonly database: Database;
  readonly redis: Redis;
  readonly log: Logger;
  readonly scope: ProcessScope;
}

export interface Images {
  readonly routes: App;
  /** What its readiness depends on, besides the database. */
  readonly checks: Record<string, ReadinessCheck>;
  /** Removes now what deleted accounts have uploaded; a timer does it as well. */
  readonly removeOwnerless: () => Promise<unknown>;
}

/**
 * The images API over a real store, and the timers that remove from that store, for its own process and for
 * edge.
 */
export async function imagesRoutes(
  config: ImagesConfig,
  { database, redis, ...process }: ImagesGiven,
): Promise<Images> {
  const signer = createSigner(config.UPLOAD_SECRET ?? randomSecret());
  const owners = createUploadRows(database);
  const admit = createUploadQuotas(redis, systemClock, {
    uploads: config.UPLOADS_PER_DAY_PER_USER,
    bytes: config.UPLOAD_MB_PER_DAY_PER_USER * 1_000_000,
  });
  const common = { signer, owners, photo: createPhotoRules(), clock: systemClock, admit };
  const { store, files, checks } = await openStore(config, signer, process.log);
  startSweep(config, { ...process, store, owners, position: createSweepPosition(redis) });
  startRemoval({ ...process, store, owners });
  const routes = createImagesRoutes({ ...common, store, ...(files ? { files } : {}) });
  return { routes, checks, removeOwnerless: () => removeOwnerless({ store, owners }) };
}

async function openStore(config: ImagesConfig, signer: Signer, log: Logger) {
  if (config.IMAGE_STORE === "s3") {
    return { store: await openS3(config, { signer, log }), files: undefined, checks: {} };
  }
  const files = await openDisk(config, signer);
  return { store: files, files, checks: { image_dir: files.hasSpace } };
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

function randomSecret(): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(32)));
}
