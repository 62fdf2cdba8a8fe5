import { constants } from "node:fs";
import { access, mkdir, open, opendir, rename, rm, stat, statfs } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Clock } from "#lib/clock/clock.ts";
import { Fault } from "#lib/error/fault.ts";
import { photoBytesMax } from "#lib/image/inspect.ts";
import type { DirectStore, Received, StoredBytes, StoredObject } from "../image-store.ts";
import type { Signer } from "../signer.ts";
import { isKey, type Prefix, requiredHeaders, uploadClaim } from "../upload.ts";

export interface DiskStoreOptions {
  /** Created when absent. */
  readonly dir: string;
  /** Origins under which clients reach the images app: to upload, and to read through a CDN or not. */
  readonly uploadOrigin: string;
  readonly readOrigin: string;
  readonly signer: Signer;
  readonly clock: Clock;
  /** Files a page of `list` holds at most. Bun itself reads the names of a whole folder at once. */
  readonly pageMax?: number;
  /** Below this much free space there is no space. Default: a draft and its photo at once. */
  readonly freeBytesMin?: number;
}

/**
 * Photos as files of one folder, drafts in one below it, for one process or several that share it. A
 * file under its key is always whole: bytes arrive under a name of their own and are moved into place.
 *
 * @throws Error with the system's code when the folder cannot be made or written to.
 */
export async function createDiskStore(options: DiskStoreOptions): Promise<DirectStore> {
  const { uploadOrigin, readOrigin, signer, clock } = options;
  const { pageMax = 1_000, freeBytesMin = 2 * photoBytesMax } = options;
  const dir = resolve(options.dir);
  const drafts = join(dir, "drafts");
  await mkdir(drafts, { recursive: true });
  for (const folder of [dir, drafts]) await access(folder, constants.W_OK);
  const newPath = () => join(drafts, crypto.randomUUID());
  const photoOf = (key: string) => join(dir, checked(key));
  const draftOf = (key: string) => join(drafts, checked(key));

  return {
    async signUpload(key, { expiresInS, ...declared }) {
      const { contentType: type = "", size = "" } = declared;
      const expires = String(Math.floor(clock.now() / 1000) + expiresInS);
      const terms = { expires, type, size: String(size) };
      const signature = await signer.sign(uploadClaim(key, terms));
      return {
        url: `${uploadOrigin}/api/v1/images/upload/${key}?${new URLSearchParams({ ...terms, signature })}`,
        requiredHeaders: requiredHeaders(declared),
      };
    },
    publicUrl: (key) => `${readOrigin}/api/v1/images/files/${key}`,
    draft: async (key) => openStored(draftOf(key)),
    photo: async (key) => openStored(photoOf(key)),
    async publish(key, bytes) {
      const received = await receive(newPath(), photoOf(key), [bytes], bytes.length);
      await received.commit();
    },
    dropDraft: async (key) => rm(draftOf(key), { force: true }),
    remove: async (key) => {
      await Promise.all([draftOf(key), photoOf(key)].map((path) => rm(path, { force: true })));
    },
    list: (prefix) => listFiles(prefix === "drafts" ? drafts : dir, prefix, pageMax),
    async hasSpace() {
      const { bavail, bsize, files, ffree } = await statfs(dir);
      // File systems without a fixed number of files report none at all.
      return bavail * bsize >= freeBytesMin && (files === 0 || ffree > 1);
    },
    open: async (key) => existing(photoOf(key)),
    receive: (key, body, bytesMax) => receive(newPath(), draftOf(key), body, bytesMax),
  };
}

/** Every caller has checked it; a path outside the folder must not hang on that. */
function checked(key: string): string {
  if (!isKey(key)) throw new Fault("NOT_FOUND");
  return key;
}

async function existing(path: string): Promise<Blob | undefined> {
  const file = Bun.file(path);
  return (await file.exists()) ? file : undefined;
}

async function openStored(path: string): Promise<StoredBytes | undefined> {
  const file = await existing(path);
  if (file === undefined) return undefined;
  const readStart = async (bytes: number) => {
    try {
      return await file.slice(0, bytes).bytes();
    } catch (error) {
      if (isAbsent(error)) throw new Fault("UPLOAD_NOT_FOUND");
      throw new Fault("UNAVAILABLE", { cause: error });
    }
  };
  return { size: file.size, readStart };
}

async function receive(
  path: string,
  target: string,
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  bytesMax: number,
): Promise<Received> {
  const abort = () => rm(path, { force: true });
  try {
    const size = await writeFile(path, body, bytesMax);
    return {
      size,
      readStart: (bytes) => Bun.file(path).slice(0, bytes).bytes(),
      commit: () => rename(path, target),
      abort,
    };
  } catch (error) {
    await abort();
    throw error instanceof Fault ? error : new Fault("UNAVAILABLE", { cause: error });
  }
}

/** @returns the size in bytes. */
async function writeFile(
  path: string,
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
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

/** Every file among the drafts, since an interrupted one has no key; else the photos of the prefix. */
async function* listFiles(
  folder: string,
  prefix: Prefix,
  pageMax: number,
): AsyncGenerator<readonly StoredObject[]> {
  let page: StoredObject[] = [];
  for await (const { name } of await opendir(folder)) {
    if (prefix !== "drafts" && !(isKey(name) && name.startsWith(`${prefix}.`))) continue;
    const path = join(folder, name);
    // Another process may have removed it.
    const file = await stat(path).catch(() => undefined);
    if (!file?.isFile()) continue;
    page.push({ writtenAtMs: file.mtimeMs, remove: () => rm(path, { force: true }) });
    if (page.length < pageMax) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
