import { S3Client, type S3ListObjectsResponse } from "bun";
import type { Clock } from "#lib/clock/clock.ts";
import { Fault } from "#lib/error/fault.ts";
import { withDeadline } from "#lib/process/with-deadline.ts";
import type { CredentialSource, Credentials } from "../credentials.ts";
import type { ImageStore, StoredObject } from "../image-store.ts";
import { presignUrl } from "../presign-url.ts";
import type { Signer } from "../signer.ts";
import { isKey, type Prefix, requiredHeaders } from "../upload.ts";

export interface S3StoreOptions {
  /** As clients reach it: the signed URL names this host. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly credentials: CredentialSource;
  /** What stands before a key in a photo's public URL. */
  readonly cdnUrl: string;
  readonly signer: Signer;
  readonly clock: Clock;
  readonly deadlineMs?: number;
  /** Objects a page of `list` holds at most; S3 gives no more than 1,000. */
  readonly pageMax?: number;
}

export const draftPrefix = "drafts/";

/**
 * Photos in an S3-compatible bucket, drafts put there by the client itself. The signature covers host,
 * object, expiry, type and size, so a URL is good for no other body; S3 bounds an upload by nothing else.
 */
export function createS3Store(options: S3StoreOptions): ImageStore {
  const { cdnUrl, signer, clock, deadlineMs = 5_000, pageMax = 1_000 } = options;
  const { endpoint, bucket, region, credentials } = options;
  const request = createRequest({ endpoint, bucket, region }, credentials, deadlineMs);
  // Not derivable from the key: should the CDN serve the whole bucket, whoever is shown a photo must not
  // find its original, which has place and time in it.
  const draftOf = async (key: string) => `${draftPrefix}${await signer.sign(["draft", key])}`;
  const stored = async (name: string) => {
    const size = (await request((client) => client.stat(name)))?.size;
    if (size === undefined) return undefined;
    const readStart = async (bytes: number) => {
      const start = await request((client) => client.file(name).slice(0, bytes).bytes());
      if (start === undefined) throw new Fault("UPLOAD_NOT_FOUND");
      return start.subarray(0, bytes);
    };
    return { size, readStart };
  };

  const remove = async (name: string) => void (await request((client) => client.delete(name)));

  return {
    async signUpload(key, { expiresInS, ...declared }) {
      if (declared.contentType === undefined || declared.size === undefined) {
        throw new Fault("UPLOAD_UNDECLARED");
      }
      const headers = requiredHeaders(declared);
      const url = `${endpoint.replace(/\/$/, "")}/${bucket}/${await draftOf(key)}`;
      const account = { region, ...(await credentials()) };
      const now = new Date(clock.now());
      const signed = { ...account, method: "PUT", url, headers, expiresInS, now };
      return { url: await presignUrl(signed), requiredHeaders: headers };
    },
    publicUrl: (key) => `${cdnUrl}/${key}`,
    draft: async (key) => stored(await draftOf(key)),
    photo: stored,
    async publish(key, bytes, mime) {
      await request((client) => client.write(key, bytes, { type: mime }));
    },
    dropDraft: async (key) => remove(await draftOf(key)),
    remove: async (key) => {
      await Promise.all([await draftOf(key), key].map(remove));
    },
    async *list(prefix) {
      const keyPrefix = prefix === "drafts" ? draftPrefix : `${prefix}.`;
      let from = {};
      for (;;) {
        const query = { prefix: keyPrefix, maxKeys: pageMax, ...from };
        const page = await request((client) => client.list(query));
        yield objectsIn(page, prefix, remove);
        if (!page?.isTruncated || page.nextContinuationToken === undefined) return;
        from = { continuationToken: page.nextContinuationToken };
      }
    },
  };
}

function objectsIn(
  page: S3ListObjectsResponse | undefined,
  prefix: Prefix,
  remove: (name: string) => Promise<void>,
): StoredObject[] {
  return (page?.contents ?? [])
    .filter(({ key }) => prefix === "drafts" || isKey(key))
    .map(({ key, lastModified = "" }) => ({
      writtenAtMs: Date.parse(lastModified),
      remove: () => remove(key),
    }));
}

/** @returns undefined when there is no such object. */
function createRequest(
  bucket: Pick<S3StoreOptions, "endpoint" | "bucket" | "region">,
  credentials: CredentialSource,
  deadlineMs: number,
) {
  let signed: { readonly by: Credentials; readonly client: S3Client } | undefined;
  const clientBy = (by: Credentials) => {
    const { sessionToken, ...keys } = by;
    const session = sessionToken === undefined ? {} : { sessionToken };
    if (signed?.by !== by)
      signed = { by, client: new S3Client({ ...bucket, ...keys, ...session }) };
    return signed.client;
  };
  return async function request<T>(call: (client: S3Client) => Promise<T>): Promise<T | undefined> {
    const client = clientBy(await credentials());
    try {
      return await withDeadline(deadlineMs, call(client));
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "NoSuchKey") return undefined;
      throw new Fault("UNAVAILABLE", { cause: error });
    }
  };
}
