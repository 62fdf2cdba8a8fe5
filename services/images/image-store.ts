/**
 * Where photos lie. Implementations: `adapters/s3-store.ts`, `adapters/disk-store.ts`;
 * `image-store.conformance.test.ts` holds both to this page. Keys are those of `upload.ts`.
 * Every call rejects with the fault `UNAVAILABLE` when the store cannot be reached.
 */
export interface ImageStore {
  /** A URL that takes one kind of request, a PUT of this object, until it expires. */
  signUpload(key: string, options: SignUploadOptions): Promise<SignedUpload>;
  /** Where anyone who knows the key reads the photo. */
  publicUrl(key: string): string;
  /** Size in bytes, or undefined when there is no such object. */
  size(key: string): Promise<number | undefined>;
  /** The first `bytes` of the object, fewer when it is shorter. Throws `UPLOAD_NOT_FOUND`. */
  readStart(key: string, bytes: number): Promise<Uint8Array>;
  /** Removes the object if there is one. */
  delete(key: string): Promise<void>;
}

export interface SignUploadOptions {
  readonly expiresInS: number;
  /** The type the client says it will send. */
  readonly contentType?: string | undefined;
}

export interface SignedUpload {
  readonly url: string;
  /** Headers the client must send with the PUT for the photo to be served as what it is. */
  readonly requiredHeaders: Readonly<Record<string, string>>;
}

/** A store without a server of its own: the images app takes and serves its bytes. */
export interface DirectStore extends ImageStore {
  /** Streams a body into a draft. Throws `IMAGE_TOO_LARGE` as soon as `bytesMax` is passed. */
  draft(key: string, body: AsyncIterable<Uint8Array>, bytesMax: number): Promise<Draft>;
  /** The stored bytes, or undefined when there is no such object. */
  open(key: string): Promise<Blob | undefined>;
}

/** Bytes that have arrived and are not the object yet. Exactly one of `keep` and `discard` ends it. */
export interface Draft {
  readonly size: number;
  readStart(bytes: number): Promise<Uint8Array>;
  keep(): Promise<void>;
  discard(): Promise<void>;
}
