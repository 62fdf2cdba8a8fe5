import { S3Client } from "bun";
import { Fault } from "#lib/error/fault.ts";
import type { ImageStore } from "../image-store.ts";

export interface S3StoreOptions {
  /** As clients reach it: the signed URL names this host. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** What stands before a key in a photo's public URL. */
  readonly cdnUrl: string;
  readonly deadlineMs?: number;
}

/**
 * Photos in an S3-compatible bucket, put there by the client itself. The signature covers the host, the
 * key and the expiry, not size or type (Bun signs no further headers): `confirmUpload` checks those.
 */
export function createS3Store(options: S3StoreOptions): ImageStore {
  const { cdnUrl, deadlineMs = 5_000, ...credentials } = options;
  const client = new S3Client(credentials);

  /** Undefined when there is no such object. */
  async function ask<T>(call: Promise<T>): Promise<T | undefined> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const deadline = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer in ${deadlineMs} ms`)), deadlineMs);
    });
    try {
      return await Promise.race([call, deadline]);
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "NoSuchKey") return undefined;
      throw new Fault("UNAVAILABLE", { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    async signUpload(key, { expiresInS, contentType }) {
      return {
        url: client.presign(key, { method: "PUT", expiresIn: expiresInS }),
        requiredHeaders: contentType === undefined ? {} : { "content-type": contentType },
      };
    },
    publicUrl: (key) => `${cdnUrl}/${key}`,
    size: async (key) => (await ask(client.stat(key)))?.size,
    async readStart(key, bytes) {
      const start = await ask(client.file(key).slice(0, bytes).bytes());
      if (start === undefined) throw new Fault("UPLOAD_NOT_FOUND");
      return start.subarray(0, bytes);
    },
    async delete(key) {
      await ask(client.delete(key));
    },
  };
}
