import { mkdir, open, rename, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Clock } from "#lib/clock/clock.ts";
import { Fault } from "#lib/error/fault.ts";
import type { DirectStore, Draft } from "../image-store.ts";
import type { Signer } from "../signer.ts";
import { isKey } from "../upload.ts";

export interface DiskStoreOptions {
  /** Created when absent. */
  readonly dir: string;
  /** Origins under which clients reach the images app: to upload, and to read through a CDN or not. */
  readonly uploadOrigin: string;
  readonly readOrigin: string;
  readonly signer: Signer;
  readonly clock: Clock;
}

/**
 * Photos as files of one folder, for one process or several that share it. A file under its key is
 * always whole: bytes arrive in a draft beside it and are moved into place.
 */
export async function createDiskStore(options: DiskStoreOptions): Promise<DirectStore> {
  const { uploadOrigin, readOrigin, signer, clock } = options;
  const dir = resolve(options.dir);
  const drafts = join(dir, "drafts");
  await mkdir(drafts, { recursive: true });
  const pathOf = (key: string) => {
    // Every caller has checked it; a path outside the folder must not hang on that.
    if (!isKey(key)) throw new Fault("NOT_FOUND");
    return join(dir, key);
  };
  const existing = async (key: string) => {
    const file = Bun.file(pathOf(key));
    return (await file.exists()) ? file : undefined;
  };

  return {
    async signUpload(key, { expiresInS, contentType }) {
      const expires = String(Math.floor(clock.now() / 1000) + expiresInS);
      const signature = await signer.sign(["PUT", key, expires]);
      return {
        url: `${uploadOrigin}/api/v1/images/upload/${key}?${new URLSearchParams({ expires, signature })}`,
        requiredHeaders: contentType === undefined ? {} : { "content-type": contentType },
      };
    },
    publicUrl: (key) => `${readOrigin}/api/v1/images/files/${key}`,
    size: async (key) => (await existing(key))?.size,
    async readStart(key, bytes) {
      const file = await existing(key);
      if (file === undefined) throw new Fault("UPLOAD_NOT_FOUND");
      return file.slice(0, bytes).bytes();
    },
    delete: async (key) => rm(pathOf(key), { force: true }),
    open: existing,
    draft: (key, body, bytesMax) =>
      writeDraft(join(drafts, crypto.randomUUID()), pathOf(key), body, bytesMax),
  };
}

async function writeDraft(
  path: string,
  target: string,
  body: AsyncIterable<Uint8Array>,
  bytesMax: number,
): Promise<Draft> {
  const discard = () => rm(path, { force: true });
  try {
    const size = await writeFile(path, body, bytesMax);
    return {
      size,
      readStart: (bytes) => Bun.file(path).slice(0, bytes).bytes(),
      keep: () => rename(path, target),
      discard,
    };
  } catch (error) {
    await discard();
    throw error instanceof Fault ? error : new Fault("UNAVAILABLE", { cause: error });
  }
}

/** Answers the size in bytes. */
async function writeFile(
  path: string,
  body: AsyncIterable<Uint8Array>,
  bytesMax: number,
): Promise<number> {
  const file = await open(path, "wx", 0o600);
  let size = 0;
  try {
    for await (const piece of body) {
      size += piece.byteLength;
      if (size > bytesMax) throw new Fault("IMAGE_TOO_LARGE");
      // Awaited: the client is slowed down to the disk's pace instead of filling memory.
      await file.writeFile(piece);
    }
    return size;
  } finally {
    await file.close();
  }
}
