import type { Declared, Prefix } from "./upload.ts";

/**
 * Stores photos. Implementations: `adapters/s3-store.ts`, `adapters/disk-store.ts`;
 * `image-store.conformance.test.ts` holds both to this page. Keys are those of `upload.ts`.
 *
 * A key has two places: its *draft*, which the client writes and no public URL reads, and its *photo*,
 * which only `publish` writes and everyone who knows the key may read. Whatever a client sends
 * after the check, it sends to the draft.
 *
 * Every call rejects with the fault `UNAVAILABLE` when the store cannot be reached.
 */
export interface ImageStore {
  /**
   * A URL that takes one kind of request until it expires: a PUT of this key's draft, of exactly the
   * declared type and size. Throws `UPLOAD_UNDECLARED` where nothing but the declaration would bound
   * what is sent.
   */
  signUpload(key: string, options: SignUploadOptions): Promise<SignedUpload>;
  /** Where anyone who knows the key reads the photo. */
  publicUrl(key: string): string;
  draft(key: string): Promise<StoredBytes | undefined>;
  photo(key: string): Promise<StoredBytes | undefined>;
  /** Makes these bytes the photo. A reader sees what was there before or all of it, never a part. */
  publish(key: string, bytes: Uint8Array<ArrayBuffer>, mime: string): Promise<void>;
  /** Removes the draft if there is one. */
  dropDraft(key: string): Promise<void>;
  /** Removes draft and photo, as far as they are there. */
  remove(key: string): Promise<void>;
  /** The objects under a prefix, page by page and unordered; files that are not ours are left out. */
  list(prefix: Prefix): AsyncIterable<readonly StoredObject[]>;
}

export interface SignUploadOptions extends Declared {
  readonly expiresInS: number;
}

export interface SignedUpload {
  readonly url: string;
  /**
   * Headers the PUT must carry as they stand here; another value or none is refused with 403. A store of our own
   * also takes what is another name of the same type.
   */
  readonly requiredHeaders: Readonly<Record<string, string>>;
}

export interface StoredBytes {
  /** In bytes. */
  readonly size: number;
  /** The first `bytes` of it, fewer when it is shorter. Throws `UPLOAD_NOT_FOUND`. */
  readStart(bytes: number): Promise<Uint8Array>;
}

/** A draft or a photo, as the sweep sees it. */
export interface StoredObject {
  /** By the store's clock, in milliseconds since the Unix epoch. */
  readonly writtenAtMs: number;
  /** Succeeds also when it is gone already. */
  remove(): Promise<void>;
}

/** A store without a server of its own: the images app takes and serves its bytes. */
export interface DirectStore extends ImageStore {
  /** Streams a body in. Throws `IMAGE_TOO_LARGE` as soon as `bytesMax` is passed. */
  receive(key: string, body: AsyncIterable<Uint8Array>, bytesMax: number): Promise<Received>;
  /** False when a photo of the largest size would not fit any more. Reads no file. */
  hasSpace(): Promise<boolean>;
  /** The photo's bytes, or undefined when there is none. */
  open(key: string): Promise<Blob | undefined>;
}

/** Bytes that have arrived and are not the draft yet. Exactly one of `commit` and `abort` ends it. */
export interface Received extends StoredBytes {
  commit(): Promise<void>;
  abort(): Promise<void>;
}
